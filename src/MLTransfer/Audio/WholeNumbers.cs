using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Audio;

/// <summary>A reused tensor of one and the same whole number.</summary>
internal sealed class WholeNumbers(OnnxElementType type)
{
    private readonly PinnedBuffer<long> _longs = new();
    private readonly PinnedBuffer<int> _integers = new();

    public OrtValue Fill(long value, long[] shape)
    {
        int count = (int)shape.Aggregate(1L, (product, size) => product * size);
        if (type == OnnxElementType.Int32)
        {
            _integers.Resize(count);
            _integers.Span.Fill(checked((int)value));
            return _integers.AsTensor(shape);
        }
        _longs.Resize(count);
        _longs.Span.Fill(value);
        return _longs.AsTensor(shape);
    }
}
