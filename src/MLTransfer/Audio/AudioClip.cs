using System.Buffers;

namespace MLTransfer.Audio;

/// <summary>The samples of one row as the graph wants them, in rented memory until the window has been run.</summary>
internal sealed class AudioClip
{
    private float[]? _rented;

    public int Length { get; private set; }

    public Span<float> Samples => _rented.AsSpan(0, Length);

    public Span<float> Reserve(int length)
    {
        Release();
        _rented = ArrayPool<float>.Shared.Rent(length);
        Length = length;
        return Samples;
    }

    public void Release()
    {
        if (_rented is not null)
            ArrayPool<float>.Shared.Return(_rented);
        _rented = null;
        Length = 0;
    }
}
