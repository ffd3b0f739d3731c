using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Gradients;

/// <summary>Inputs for a run of which only the shapes matter: indices that every table has, masks that hide nothing, numbers between 0 and 1.</summary>
internal static class ProbeInput
{
    public static OrtValue Make(OnnxValue input, long[] shape)
    {
        int count = checked((int)shape.Aggregate(1L, (a, b) => a * b));
        return input.ElementType switch
        {
            OnnxElementType.Float => Filled(count, shape, i => (i % 7 + 1) / 8f),
            OnnxElementType.Double => Filled(count, shape, i => (i % 7 + 1) / 8d),
            OnnxElementType.Float16 => Filled(count, shape, i => (Float16)((i % 7 + 1) / 8f)),
            OnnxElementType.BFloat16 => Filled(count, shape, i => (BFloat16)((i % 7 + 1) / 8f)),
            OnnxElementType.Int64 => Filled(count, shape, _ => 1L),
            OnnxElementType.Int32 => Filled(count, shape, _ => 1),
            OnnxElementType.UInt8 => Filled(count, shape, _ => (byte)1),
            OnnxElementType.Bool => Filled(count, shape, _ => true),
            _ => throw Throw.ProbeInputType(input.Name, input.ElementType),
        };
    }

    private static OrtValue Filled<T>(int count, long[] shape, Func<int, T> value)
        where T : unmanaged
    {
        T[] values = new T[count];
        for (int i = 0; i < count; i++)
            values[i] = value(i);
        return OrtValue.CreateTensorValueFromMemory(values, shape);
    }
}
