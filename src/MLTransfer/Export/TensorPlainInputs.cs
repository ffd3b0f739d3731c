using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Tensors;

namespace MLTransfer.Export;

/// <summary>Vector columns go into a tensor graph as they are, under the names of its inputs.</summary>
internal sealed class TensorPlainInputs(TensorStep step) : IPlainInputs
{
    public PlainInputs Prepare(MLContext mlContext, IDataView data, OnnxModel model)
    {
        var steps = ImmutableArray.CreateBuilder<ITransformer>();
        foreach (TensorInputPlan input in step.Inputs)
        {
            OnnxValue? port = model.Graph.Inputs.FirstOrDefault(i => i.Name == input.Port.Name);
            if (port is null)
                continue;
            int[] open = [.. Enumerable.Range(1, port.Dimensions.Length - 1).Where(i => port.Dimensions[i].Value is null)];
            if (open.Length > 0)
                throw Throw.PlainSecondOpenAxis(Backbones.CardInference.Describe(port));
            DataViewType type = data.Schema.GetColumnOrNull(input.Column)?.Type ?? throw Throw.ColumnMissing(PlainPipeline.Name, input.Column, data.Schema.Select(c => c.Name));
            long size = port.Dimensions.Skip(1).Aggregate(1L, (product, axis) => product * axis.Value!.Value);
            if (type is VectorDataViewType vector && vector.Size != size)
                throw Throw.PlainColumnSize(input.Column, type, size, port.Name);
            // A lone number becomes a vector of one; ApplyOnnxModel takes vectors only.
            if (type is not VectorDataViewType)
                steps.Add(mlContext.Transforms.Concatenate(port.Name, input.Column).Fit(data));
            else if (input.Column != port.Name)
                steps.Add(mlContext.Transforms.CopyColumns(port.Name, input.Column).Fit(data));
        }
        return new PlainInputs(steps.ToImmutable(), Front: null);
    }
}
