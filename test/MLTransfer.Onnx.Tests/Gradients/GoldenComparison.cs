using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Tests.Gradients;

/// <summary>A model's gradients beside PyTorch's: L = Σ over outputs of c · y with fixed coefficients, differentiated with respect to all weights at once.</summary>
/// <param name="Golden">PyTorch's.</param>
/// <param name="Loss">Our L.</param>
/// <param name="Distances">For each parameter ‖ours − theirs‖.</param>
internal sealed record GoldenComparison(GoldenGradients Golden, double Loss, double[] Distances)
{
    private const string LossName = "golden_loss";

    /// <summary>‖ours − theirs‖ / ‖theirs‖ over all parameters.</summary>
    public double GlobalError => Math.Sqrt(Distances.Sum(d => d * d)) / Golden.Norm;

    /// <param name="name">The golden's name.</param>
    /// <param name="file">The model.</param>
    /// <param name="isOpen">Whether axes that are open in the file stay open.</param>
    public static GoldenComparison Of(string name, string file, bool isOpen)
    {
        var golden = GoldenGradients.Read(name);
        using OnnxModel read = ModelSource.FromFile(file).Read();
        OnnxModel forward = WithLoss(WeightUnfolding.Unfold(OpsetUpgrade.Raise(read, name, Path.GetDirectoryName(file))), golden, isOpen);
        string[] parameters = [.. golden.Parameters.Select(p => p.Value)];
        GradientModel gradients = GradientGraph.Of(forward, LossName, parameters, ProbedShapes.Of(forward, name, Path.GetDirectoryName(file)), name);
        float[][] found = Run(forward, gradients, golden, parameters, out double loss);
        return new GoldenComparison(golden, loss, [.. golden.Parameters.Select((p, i) => p.Distance(found[i + 1]))]);
    }

    /// <summary>The model with L as its output. Axes that are open in the file stay open, those of the coefficients too; or all have the golden's sizes.</summary>
    private static OnnxModel WithLoss(OnnxModel model, GoldenGradients golden, bool isOpen)
    {
        OnnxGraph graph = model.Graph;
        var nodes = new List<OnnxNode>();
        // Files of the first versions list constants among the inputs.
        var inputs = golden.Inputs.Select(i => graph.Inputs.Single(value => value.Name == i.Name) is var value && isOpen ? value : value with { Dimensions = Fixed(i.Shape) }).ToList();
        foreach (GoldenOutput output in golden.Outputs)
        {
            OnnxValue declared = graph.Outputs.Single(o => o.Name == output.Name);
            string weighted = $"{Coefficients(output)}_weighted";
            inputs.Add(new OnnxValue { Name = Coefficients(output), ElementType = OnnxElementType.Float, Dimensions = isOpen ? declared.Dimensions : Fixed(output.Shape) });
            nodes.Add(new OnnxNode { OpType = "Mul", Inputs = [output.Name, Coefficients(output)], Outputs = [weighted] });
            nodes.Add(new OnnxNode { OpType = "ReduceSum", Inputs = [weighted], Outputs = [$"{weighted}_sum"], Attributes = [OnnxAttribute.Of("keepdims", 0)] });
        }
        nodes.Add(new OnnxNode { OpType = "Sum", Inputs = [.. golden.Outputs.Select(o => $"{Coefficients(o)}_weighted_sum")], Outputs = [LossName] });
        return model.WithGraph(graph with
        {
            Nodes = [.. graph.Nodes, .. nodes],
            Inputs = [.. inputs],
            Outputs = [new OnnxValue { Name = LossName, ElementType = OnnxElementType.Float }],
        });
    }

    private static string Coefficients(GoldenOutput output) => $"golden_{output.Name}_c";

    private static ImmutableArray<OnnxDimension> Fixed(long[] shape) => [.. shape.Select(d => (OnnxDimension)d)];

    /// <summary>The loss and the gradients in the order of the parameters.</summary>
    private static float[][] Run(OnnxModel forward, GradientModel gradients, GoldenGradients golden, string[] parameters, out double loss)
    {
        Dictionary<string, OnnxTensor> weights = forward.Graph.Initializers.ToDictionary(t => t.Name, StringComparer.Ordinal);
        using var plain = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(gradients.Model.ToBytes(), plain);
        var inputs = new Dictionary<string, OrtValue>(StringComparer.Ordinal);
        try
        {
            foreach (GoldenInput input in golden.Inputs.Where(i => session.InputNames.Contains(i.Name)))
            {
                inputs[input.Name] = input.Values is not null ? OrtValue.CreateTensorValueFromMemory(input.Values, input.Shape)
                    : OrtValue.CreateTensorValueFromMemory(GoldenNumbers.Uniform(input.Stream, input.Shape.Aggregate(1L, (a, b) => a * b), input.Low, input.High), input.Shape);
            }
            foreach (GoldenOutput output in golden.Outputs)
                inputs[Coefficients(output)] = OrtValue.CreateTensorValueFromMemory(GoldenNumbers.Uniform(output.Stream, output.Shape.Aggregate(1L, (a, b) => a * b)), output.Shape);
            foreach (string parameter in parameters)
                inputs[parameter] = OrtValue.CreateTensorValueFromMemory(weights[parameter].ToFloats(), [.. weights[parameter].Dimensions]);
            using var options = new RunOptions();
            string[] outputs = [LossName, .. parameters.Select(p => gradients.Gradients[p])];
            using IDisposableReadOnlyCollection<OrtValue> made = session.Run(options, [.. inputs.Keys], [.. inputs.Values], outputs);
            float[][] found = [.. made.Select(m => m.GetTensorDataAsSpan<float>().ToArray())];
            loss = found[0][0];
            return found;
        }
        finally
        {
            foreach (OrtValue value in inputs.Values)
                value.Dispose();
        }
    }
}
