using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Export;

/// <summary>
/// A fitted step whose scores an exported graph can compute. What implements this exports; a step that is an adapted backbone and a head in one implements
/// <see cref="IOnnxEmbedding"/> as well, with the same feature column.
/// </summary>
internal interface IOnnxHead
{
    /// <summary>The step as messages name it, such as "MlpHead (multiclass)".</summary>
    string StepName { get; }

    /// <summary>The column that the head reads.</summary>
    string FeatureColumnName { get; }

    /// <summary>The head as a graph.</summary>
    /// <param name="opset">
    /// The version of ONNX's operators that the graph must be written in, the backbone's: a file has one. <see cref="OpsetGraph"/> writes what differs between versions.
    /// </param>
    /// <param name="batch">The batch axis, for the shapes of input and outputs.</param>
    OnnxHead ToOnnx(int opset, OnnxDimension batch);
}
