using System.Collections.Immutable;
using Microsoft.ML.Data;
using MLTransfer.Backbones;
using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Tensors;

/// <summary>One input of a tensor graph: its column, type and axes.</summary>
/// <param name="Port">The graph's input.</param>
/// <param name="Column">The column that feeds it.</param>
/// <param name="ItemType">The column's item type.</param>
/// <param name="FixedSize">Numbers of one row, or of one step along the open axis.</param>
/// <param name="OpenAxis">The axis, besides the batch's, whose size is the row's; −1 where all are fixed.</param>
internal sealed record TensorInputPlan(OnnxValue Port, string Column, PrimitiveDataViewType ItemType, int FixedSize, int OpenAxis)
{
    public bool IsVariable => OpenAxis > 0;

    public string? OpenSymbol => IsVariable ? Port.Dimensions[OpenAxis].Symbol : null;

    public static TensorInputPlan Of(string backbone, OnnxValue port, string column)
    {
        string described = CardInference.Describe(port);
        PrimitiveDataViewType itemType = port.ElementType switch
        {
            OnnxElementType.Float or OnnxElementType.Float16 or OnnxElementType.BFloat16 => NumberDataViewType.Single,
            OnnxElementType.Double => NumberDataViewType.Double,
            OnnxElementType.Int32 => NumberDataViewType.Int32,
            OnnxElementType.Int64 => NumberDataViewType.Int64,
            _ => throw Throw.TensorInputUnsupported(backbone, described, "its elements are neither Float, Float16, BFloat16, Double, Int32 nor Int64"),
        };
        ImmutableArray<OnnxDimension> axes = port.Dimensions;
        if (axes.Length < 1)
            throw Throw.TensorInputUnsupported(backbone, described, "it has no batch axis");
        int[] open = [.. Enumerable.Range(1, axes.Length - 1).Where(i => axes[i].Value is null)];
        if (open.Length > 1)
            throw Throw.TensorInputUnsupported(backbone, described, "more than one axis besides the batch's is open");
        long size = axes.Skip(1).Aggregate(1L, (product, axis) => checked(product * (axis.Value ?? 1)));
        if (size is < 1 or > int.MaxValue)
            throw Throw.TensorInputUnsupported(backbone, described, $"a row of it has {size} numbers");
        return new TensorInputPlan(port, column, itemType, (int)size, open.Length == 1 ? open[0] : -1);
    }

    /// <summary>The shape of a run of rows that are <paramref name="length"/> steps long.</summary>
    public long[] Shape(int rows, int length)
    {
        long[] shape = [.. Port.Dimensions.Select(d => d.Value ?? length)];
        shape[0] = rows;
        return shape;
    }
}
