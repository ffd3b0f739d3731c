using Microsoft.ML.OnnxRuntime;

namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>Pinned memory that stays where it is as long as it is large enough. Not thread-safe.</summary>
internal sealed class StableBuffer<T>
    where T : unmanaged
{
    private T[] _memory = [];
    private int _length;

    public Span<T> Span => _memory.AsSpan(0, _length);

    /// <summary>Sets the length, the contents then being undefined, and says whether the memory is still the same.</summary>
    public bool Resize(int length)
    {
        _length = length;
        if (length <= _memory.Length)
            return true;
        _memory = GC.AllocateUninitializedArray<T>(Math.Max(length, (int)Math.Min(2L * _memory.Length, Array.MaxLength)), pinned: true);
        return false;
    }

    /// <summary>A tensor over this memory. The caller disposes it.</summary>
    public OrtValue AsTensor(long[] shape) => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _memory.AsMemory(0, _length), shape);
}
