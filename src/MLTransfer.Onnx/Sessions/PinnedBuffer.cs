using System.Numerics;
using Microsoft.ML.OnnxRuntime;

namespace MLTransfer.Onnx.Sessions;

/// <summary>
/// Memory that a run reads or writes in place and that is used again by the next run. It lies on the pinned heap, so it never moves, and grows by powers of two. Not
/// thread-safe. Nothing to dispose: a tensor over it keeps it alive.
/// </summary>
internal sealed class PinnedBuffer<T>
    where T : unmanaged
{
    private T[] _memory = [];
    private int _length;

    public Span<T> Span => _memory.AsSpan(0, _length);

    /// <summary>Sets the length; the contents are undefined afterwards.</summary>
    public void Resize(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length > _memory.Length)
            _memory = GC.AllocateUninitializedArray<T>((int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)length), (uint)Array.MaxLength), pinned: true);
        _length = length;
    }

    /// <summary>A tensor over this memory, valid until the next <see cref="Resize"/>. The caller disposes it.</summary>
    /// <param name="shape">Its product must be the length.</param>
    public OrtValue AsTensor(long[] shape) => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _memory.AsMemory(0, _length), shape);
}
