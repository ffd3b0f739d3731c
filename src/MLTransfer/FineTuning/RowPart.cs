using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training.Graphs;

namespace MLTransfer.FineTuning;

/// <summary>One input of the trained part: for each row what the graph read there, or what the frozen prefix made, without padding.</summary>
internal sealed class RowPart : IDisposable
{
    private readonly OnnxValue _port;
    private readonly ImmutableArray<int?> _sizes;
    private readonly int _open;

    public RowPart(OnnxValue port, MemoryBudget budget)
    {
        _port = port;
        _sizes = [.. port.Dimensions.Skip(1).Select(d => (int?)d.Value)];
        _open = _sizes.IndexOf(null);
        Store = new SpillStore(budget, $"'{port.Name}'");
    }

    public string Name => _port.Name;

    public SpillStore Store { get; }

    /// <summary>Whether an axis besides that of the rows is open.</summary>
    public bool HasOpenAxis => _open >= 0;

    /// <summary>The size of the open axis in a tensor.</summary>
    public int OpenSize(OrtValue tensor) => (int)tensor.GetTensorTypeAndShape().Shape[_open + 1];

    /// <summary>What feeds the input in training.</summary>
    public IRowSource Source => _port.ElementType.IsReal() ? new RowSource(Name, Store, _sizes) : new IntegerSource(Name, _port.ElementType, Store, _sizes);

    /// <summary>Keeps the rows of a tensor.</summary>
    /// <param name="rows">Row indices, in the order of the tensor's first axis.</param>
    /// <param name="lengths">Each row's length along the open axis; null where there is no padding.</param>
    /// <param name="tensor">The tensor.</param>
    public void Keep(int[] rows, int[]? lengths, OrtValue tensor)
    {
        long[] shape = tensor.GetTensorTypeAndShape().Shape;
        float[] values = Numbers(tensor);
        int rowSize = values.Length / rows.Length;
        if (_open < 0 || lengths is null)
        {
            for (int i = 0; i < rows.Length; i++)
                Store.Set(rows[i], values.AsSpan(i * rowSize, rowSize));
            return;
        }
        int outer = (int)shape.Skip(1).Take(_open).Aggregate(1L, (product, size) => product * size);
        int padded = (int)shape[_open + 1];
        int inner = rowSize / (outer * padded);
        float[] row = new float[rowSize];
        for (int i = 0; i < rows.Length; i++)
        {
            int size = Math.Min(lengths[i], padded) * inner;
            for (int o = 0; o < outer; o++)
                values.AsSpan(i * rowSize + o * padded * inner, size).CopyTo(row.AsSpan(o * size));
            Store.Set(rows[i], row.AsSpan(0, outer * size));
        }
    }

    public void Dispose() => Store.Dispose();

    private float[] Numbers(OrtValue tensor) => _port.ElementType switch
    {
        OnnxElementType.Float => tensor.GetTensorDataAsSpan<float>().ToArray(),
        OnnxElementType.Int64 => Array.ConvertAll(tensor.GetTensorDataAsSpan<long>().ToArray(), v => (float)v),
        OnnxElementType.Int32 => Array.ConvertAll(tensor.GetTensorDataAsSpan<int>().ToArray(), v => (float)v),
        OnnxElementType.Bool => Array.ConvertAll(tensor.GetTensorDataAsSpan<bool>().ToArray(), v => v ? 1f : 0f),
        _ => throw Internal.Throw.TrainingInputType(Name, _port.ElementType),
    };
}
