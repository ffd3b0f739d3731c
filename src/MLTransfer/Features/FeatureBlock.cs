using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace MLTransfer.Features;

/// <summary>
/// One output of one row: a pooled vector of D numbers, or a sequence of <see cref="TokenCount"/> × D numbers. Never changed after it was made, so cache,
/// cursors and threads share it.
/// </summary>
internal sealed class FeatureBlock
{
    private readonly float[]? _single;
    private readonly Half[]? _half;

    public FeatureBlock(float[] values, int? tokenCount = null)
    {
        _single = values;
        TokenCount = tokenCount;
    }

    public FeatureBlock(Half[] values, int? tokenCount)
    {
        _half = values;
        TokenCount = tokenCount;
    }

    /// <summary>Number of tokens of a sequence; null for a pooled vector.</summary>
    public int? TokenCount { get; }

    public int Length => _single?.Length ?? _half!.Length;

    /// <summary>Whether the numbers are kept as float16.</summary>
    public bool IsHalf => _half is not null;

    /// <summary>The numbers as they lie in memory.</summary>
    public ReadOnlySpan<byte> Bytes => _single is null ? MemoryMarshal.AsBytes(_half.AsSpan()) : MemoryMarshal.AsBytes(_single.AsSpan());

    public long ByteCount => _single is null ? 2L * _half!.Length : 4L * _single.Length;

    public void CopyTo(Span<float> destination)
    {
        if (_single is not null)
            _single.CopyTo(destination);
        else
            TensorPrimitives.ConvertToSingle(_half, destination);
    }
}
