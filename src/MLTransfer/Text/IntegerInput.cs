using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Text;

/// <summary>The buffer of one integer input of a text graph, whose type is int64 in most exports and int32 in some.</summary>
internal abstract class IntegerInput(string role)
{
    public string Role { get; } = role;

    public static IntegerInput Create(string role, OnnxValue port) =>
        port.ElementType == OnnxElementType.Int32 ? new IntegerInput<int>(role) : new IntegerInput<long>(role);

    public abstract void Resize(int length);

    public abstract void Write(int start, ReadOnlySpan<int> values);

    public abstract void Fill(int start, int count, long value);

    /// <summary>Writes 0, 1, 2, …</summary>
    public abstract void Count(int start, int count);

    public abstract OrtValue AsTensor(long[] shape);
}

internal sealed class IntegerInput<T>(string role) : IntegerInput(role)
    where T : unmanaged, System.Numerics.IBinaryInteger<T>
{
    private readonly PinnedBuffer<T> _buffer = new();

    public override void Resize(int length) => _buffer.Resize(length);

    public override void Write(int start, ReadOnlySpan<int> values) =>
        TensorPrimitives.ConvertTruncating<int, T>(values, _buffer.Span.Slice(start, values.Length));

    public override void Fill(int start, int count, long value) => _buffer.Span.Slice(start, count).Fill(T.CreateChecked(value));

    public override void Count(int start, int count)
    {
        Span<T> places = _buffer.Span.Slice(start, count);
        for (int i = 0; i < places.Length; i++)
            places[i] = T.CreateTruncating(i);
    }

    public override OrtValue AsTensor(long[] shape) => _buffer.AsTensor(shape);
}
