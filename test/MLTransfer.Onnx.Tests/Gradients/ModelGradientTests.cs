using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Testing;

namespace MLTransfer.Onnx.Tests.Gradients;

/// <summary>
/// Whole models against PyTorch's gradients in double precision: L = Σ over outputs of c · y with fixed coefficients, differentiated with respect to all weights at once.
/// </summary>
internal sealed class ModelGradientTests
{
    private const string LossName = "golden_loss";

    private const double GlobalTolerance = 1e-4;

    // Of the tensor's own norm; a tensor whose gradient is next to nothing beside the others holds rounding errors only, as that of an attention's key bias.
    private const double TensorTolerance = 1e-3;

    // Of millions of numbers in front of a ReLU some lie so near to 0 that single precision takes the other side, and the gradient there is another. Where that moves PyTorch's own float32
    // away from its float64 (ResNet50: 4e-4), ours may be as far.
    private const double OwnErrors = 3;
    private const double NextToNothing = 1e-5;

    [TestCase("bert-11")]
    [TestCase("bert-13")]
    [TestCase("bert-14")]
    [TestCase("bert-17")]
    [TestCase("mobilenetv2-bn-13")]
    [TestCase("mobilenetv2-folded-9")]
    [TestCase("mobilenetv2-folded-11")]
    [TestCase("resnet18-bn-11")]
    [TestCase("resnet18-folded-17")]
    [TestCase("squeezenet-11")]
    [TestCase("squeezenet-counted-17")]
    [TestCase("vit-11")]
    [TestCase("vit-13")]
    [TestCase("vit-17")]
    public void Export_AllWeights_AgreesWithPyTorch(string name)
    {
        foreach (bool isOpen in (bool[])[true, false])
            Check(name, Path.Combine(GoldenGradients.Folder, GoldenGradients.Read(name).Model), isOpen);
    }

    [TestCase("all-minilm-l6-v2")]
    [TestCase("gte-small")]
    [TestCase("squeezenet1.0")]
    // As PyTorch's ReLU6 has it: no gradient exactly on a bound, where hundreds of numbers lie.
    [TestCase("mobilenetv1-0.25-128-hardtanh")]
    [TestCase("mobilenetv2-1.0-224-hardtanh")]
    [TestCase("resnet50-v1-w8")]
    [TestCase("cartpole-ppo")]
    [TestCase("godot-ballchase")]
    [TestCase("godot-flyby")]
    [TestCase("godot-jumperhard")]
    public void RealFile_AllWeights_AgreesWithPyTorch(string name) => Check(name, RealFile(name), isOpen: true);

    [TestCase("google-speech-embedding")]
    [TestCase("melspectrogram")]
    [TestCase("nanodet-m-416")]
    [TestCase("yunet-n-320")]
    public void RealFile_FixedSizes_AgreesWithPyTorch(string name) => Check(name, RealFile(name), isOpen: false);

    private static string RealFile(string name)
    {
        string model = GoldenGradients.Read(name).Model;
        return Path.Combine(RealAssets.Model(model[..model.IndexOf('/')]), model[(model.IndexOf('/') + 1)..]);
    }

    private static void Check(string name, string file, bool isOpen)
    {
        var golden = GoldenGradients.Read(name);
        using OnnxModel read = ModelSource.FromFile(file).Read();
        OnnxModel forward = WithLoss(WeightUnfolding.Unfold(OpsetUpgrade.Raise(read, name, Path.GetDirectoryName(file))), golden, isOpen);
        string[] parameters = [.. golden.Parameters.Select(p => p.Value)];
        long started = Stopwatch.GetTimestamp();
        GradientModel gradients = GradientGraph.Of(forward, LossName, parameters, ProbedShapes.Of(forward, name, Path.GetDirectoryName(file)), name);
        TimeSpan made = Stopwatch.GetElapsedTime(started);
        float[][] found = Run(forward, gradients, golden, parameters, out double loss);

        double[] distances = [.. golden.Parameters.Select((p, i) => p.Distance(found[i + 1]))];
        double global = Math.Sqrt(distances.Sum(d => d * d)) / golden.Norm;
        (GoldenParameter Tensor, double Error)[] counted = [.. golden.Parameters.Zip(distances).Where(p => p.First.Norm > NextToNothing * golden.Norm).Select(p => (p.First, p.Second / p.First.Norm))];
        (GoldenParameter worst, double worstError) = counted.MaxBy(p => p.Error);
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: global {global:E1} (PyTorch's own float32: {golden.Error32:E1}), worst tensor {worst.Name} {worstError:E1} (its own float32: {worst.Error32 / worst.Norm:E1}), ")
            + $"{forward.Graph.Nodes.Length} -> {gradients.Model.Graph.Nodes.Length} nodes, made in {made.TotalMilliseconds:F0} ms");
        Assert.Multiple(() =>
        {
            Assert.That(loss, Is.EqualTo(golden.Loss).Within(1e-4 * Math.Max(1, Math.Abs(golden.Loss))), "the forward half in single precision");
            Assert.That(global, Is.LessThanOrEqualTo(Math.Max(GlobalTolerance, OwnErrors * golden.Error32)), "the whole gradient");
            foreach ((GoldenParameter tensor, double error) in counted)
                Assert.That(error, Is.LessThanOrEqualTo(Math.Max(TensorTolerance, OwnErrors * tensor.Error32 / tensor.Norm)), $"the gradient of {tensor.Name}");
        });
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
