using System.Collections.Immutable;
using Microsoft.ML;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Export;

/// <summary>How ML.NET's own steps make the inputs of a modality's graph.</summary>
internal interface IPlainInputs
{
    /// <summary>Decides from the columns that are there.</summary>
    /// <param name="mlContext">Makes the steps.</param>
    /// <param name="data">Rows with the input columns; none is read.</param>
    /// <param name="model">The graph, with its open axes as they will be.</param>
    /// <exception cref="ArgumentException">The columns are none from which ML.NET's own steps make the inputs exactly.</exception>
    PlainInputs Prepare(MLContext mlContext, IDataView data, OnnxModel model);
}

/// <summary>What stands before ApplyOnnxModel.</summary>
/// <param name="Steps">Steps that make one column for each input of the graph, under the input's name.</param>
/// <param name="Front">A graph to be put before the inputs, its outputs named as they are; null where the columns hold what the graph reads.</param>
internal sealed record PlainInputs(ImmutableArray<ITransformer> Steps, OnnxModel? Front);
