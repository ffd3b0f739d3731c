using System.Collections.Immutable;
using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training.Losses;

namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>
/// A model with its loss, ready to be trained: one graph that gives L and the gradients of the trained parameters, which are its inputs, and one that gives L and the prediction. Both
/// also read the target [rows, Q] and the weights of the rows [rows, 1].
/// </summary>
/// <param name="Gradients">Inputs: those of the model, target, weight, the parameters. Outputs: L, then a gradient for each parameter.</param>
/// <param name="Evaluation">The same inputs. Outputs: L and the prediction.</param>
/// <param name="Parameters">The trained parameters, in the order of the gradients.</param>
/// <param name="GradientNames">Their gradients' names.</param>
/// <param name="Loss">L's name.</param>
/// <param name="Prediction">The prediction's name.</param>
/// <param name="Target">The target's name.</param>
/// <param name="Weight">The weights' name.</param>
/// <param name="WorkPerUnit">Multiplications and additions of a step for one unit of a row's length (the row itself where all are alike), estimated.</param>
/// <param name="NeedsWholeBatch">Whether all rows of a step must be in one run, because the loss compares them.</param>
internal sealed record TrainingGraph(OnnxModel Gradients, OnnxModel Evaluation, ImmutableArray<string> Parameters, ImmutableArray<string> GradientNames,
    string Loss, string Prediction, string Target, string Weight, double WorkPerUnit, bool NeedsWholeBatch = false)
{
    /// <summary>Makes both graphs.</summary>
    /// <param name="model">The model to be trained; its open axes have names.</param>
    /// <param name="prediction">The value [rows, P] that the loss compares with the target.</param>
    /// <param name="width">P.</param>
    /// <param name="parameters">Initializers that are trained.</param>
    /// <param name="loss">What is minimised.</param>
    /// <param name="name">The model's name, for messages.</param>
    /// <param name="folder">The folder of its external data, or null.</param>
    /// <param name="sizes">Sizes at which it can be probed; default: found by trying.</param>
    /// <param name="targetWidth">Q, where the loss reads targets of another width; default: P.</param>
    /// <exception cref="ArgumentException">The loss cannot read a prediction and a target of these widths.</exception>
    public static TrainingGraph Of(OnnxModel model, string prediction, int width, IReadOnlyCollection<string> parameters, TrainingLoss loss, string name, string? folder = null,
        ProbeSizes? sizes = null, int? targetWidth = null)
    {
        loss.CheckWidths(width, targetWidth ?? width);
        GraphBuilder graph = GraphBuilder.On(model);
        OnnxDimension rows = InputReach.Entries(model.Graph).First().Dimensions[0];
        string target = graph.Input(graph.Free("target"), OnnxElementType.Float, rows, targetWidth ?? width);
        string weight = graph.Input(graph.Free("row_weight"), OnnxElementType.Float, rows, 1);
        LossNodes nodes = loss.Append(graph, prediction, target, weight);
        OnnxModel whole = graph.Build();
        whole = whole.WithGraph(whole.Graph with { Outputs = [new OnnxValue { Name = nodes.Loss, ElementType = OnnxElementType.Float }], ValueInfo = [] });
        ProbedShapes shapes = ProbedShapes.Of(whole, name, folder, sizes);
        GradientModel gradients = GradientGraph.Of(whole, nodes.PredictionGradient is null ? nodes.Loss : prediction, parameters, shapes, name, nodes.PredictionGradient);
        OnnxGraph evaluation = whole.Graph with
        {
            Inputs = [.. whole.Graph.Inputs, .. gradients.Model.Graph.Inputs.Where(i => gradients.Gradients.ContainsKey(i.Name))],
            Initializers = [.. whole.Graph.Initializers.Where(t => !gradients.Gradients.ContainsKey(t.Name))],
            Outputs = [.. whole.Graph.Outputs, new OnnxValue { Name = prediction, ElementType = OnnxElementType.Float, Dimensions = [rows, width] }],
        };
        return new TrainingGraph(gradients.Model, whole.WithGraph(evaluation), [.. parameters], [.. parameters.Select(p => gradients.Gradients[p])],
            nodes.Loss, prediction, target, weight, StepWork.PerUnit(whole.Graph, shapes), loss.NeedsWholeBatch);
    }
}
