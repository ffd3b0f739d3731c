using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Tests.Gradients;

/// <summary>
/// Compares the gradients of L = Σ c · y, c fixed and all different, with central differences (L(x + h) − L(x − h)) / 2h, number by number. In double precision where ONNX
/// Runtime has the kernel; there h = 1e-5 leaves an error of about 1e-9.
/// </summary>
internal sealed class GradientCheck
{
    private const double DoubleStep = 1e-5;
    private const double DoubleTolerance = 1e-6;

    // Rounding of a float sum over the step: 1e-7 / 1e-2, and the step's own square.
    private const double FloatStep = 1e-2;
    private const double FloatTolerance = 5e-3;

    private readonly OnnxElementType _type;

    private GradientCheck(OnnxElementType type) => _type = type;

    /// <summary>Checks one node whose inputs are all given as tensors; the real ones are differentiated.</summary>
    /// <param name="opType">The operator.</param>
    /// <param name="inputs">Its inputs in order; see <see cref="CheckedInput"/>.</param>
    /// <param name="outputs">How many outputs it has.</param>
    /// <param name="open">Whether the check is repeated with axes whose size only the run tells.</param>
    /// <param name="type">Double, or Float where ONNX Runtime has no double kernel.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <param name="opset">The version of the operators.</param>
    /// <param name="used">The outputs that L depends on; default: all.</param>
    /// <param name="held">Sizes that stay fixed where axes are open.</param>
    public static void Node(string opType, CheckedInput[] inputs, OnnxAttribute[]? attributes = null, int outputs = 1, bool open = true, OnnxElementType type = OnnxElementType.Double,
        int opset = OpsetUpgrade.Version, int[]? used = null, long[]? held = null)
    {
        // Sizes that a constant has too stay as they are.
        HashSet<long> sizes = [1, .. held ?? [], .. inputs.Where(i => !i.IsDifferentiated).SelectMany(i => i.Shape)];
        foreach (bool isOpen in open ? [false, true] : new[] { false })
        {
            var check = new GradientCheck(type);
            var graph = new GraphBuilder(opType, opset);
            string[] names = [.. inputs.Select((input, i) => check.AddInput(graph, input, i, isOpen ? sizes : null))];
            string[] made = [.. Enumerable.Range(0, outputs).Select(i => $"y{i}")];
            graph.Node(opType, names, made, attributes ?? []);
            check.Compare(graph, inputs, used is null ? made : [.. used.Select(i => made[i])], $"{opType}{(isOpen ? " with open axes" : "")}");
        }
    }

    /// <summary>The gradients of L = Σ y in double precision, for places where finite differences say nothing.</summary>
    public static double[][] Gradients(string opType, CheckedInput[] inputs, OnnxAttribute[]? attributes = null, OnnxElementType type = OnnxElementType.Double)
    {
        var check = new GradientCheck(type);
        var graph = new GraphBuilder(opType, OpsetUpgrade.Version);
        graph.Node(opType, [.. inputs.Select((input, i) => check.AddInput(graph, input, i, held: null))], "y", attributes ?? []);
        OnnxModel forward = graph.Output(graph.Node("ReduceSum", ["y"], "L", OnnxAttribute.Of("keepdims", 0)), type).Build();
        Dictionary<string, (double[], long[])> at = Differentiated(inputs);
        GradientModel gradients = GradientGraph.Of(forward, "L", at.Keys, ProbedShapes.Of(forward, opType), opType);
        using InferenceSession backwards = Open(gradients.Model);
        return check.Run(backwards, at, [.. at.Keys.Select(p => gradients.Gradients[p])], out _);
    }

    private string AddInput(GraphBuilder graph, CheckedInput input, int index, HashSet<long>? held)
    {
        if (input.IsAbsent)
            return "";
        string name = $"x{index}";
        if (input.Conditions is not null)
            return graph.Initializer(OnnxTensor.Of(name, OnnxElementType.Bool, (ReadOnlySpan<bool>)input.Conditions, input.Shape));
        if (!input.IsDifferentiated)
            return input.Integers is not null ? graph.Initializer(name, input.Integers, input.Shape) : graph.Initializer(Tensor(name, input.Values, input.Shape));
        // A size is a name: equal sizes are the same axis.
        return graph.Input(name, _type, [.. input.Shape.Select((size, axis) =>
            held?.Contains(size) == false && input.OpenAxes?.Contains(axis) != false ? $"s{size}" : (OnnxDimension)size)]);
    }

    private OnnxTensor Tensor(string name, double[] values, long[] shape) => _type == OnnxElementType.Double
        ? OnnxTensor.Of(name, _type, (ReadOnlySpan<double>)values, shape) : OnnxTensor.Of(name, _type, (ReadOnlySpan<float>)[.. values.Select(v => (float)v)], shape);

    private void Compare(GraphBuilder graph, CheckedInput[] inputs, string[] made, string what)
    {
        // L = Σ over outputs and their places of c · y, with c = cos(place) made from the shape when the graph runs.
        var terms = new List<string>();
        foreach (string y in made)
        {
            graph.Node("Shape", [y], $"{y}_shape");
            graph.Node("Size", [y], $"{y}_size");
            graph.Node("Range", [graph.Initializer($"{y}_zero", [0L]), $"{y}_size", graph.Initializer($"{y}_one", [1L])], $"{y}_places");
            graph.Node("Cast", [$"{y}_places"], $"{y}_reals", OnnxAttribute.Of("to", (long)OnnxElementType.Float));
            graph.Node("Cos", [$"{y}_reals"], $"{y}_cosines");
            graph.Node("Cast", [$"{y}_cosines"], $"{y}_flat", OnnxAttribute.Of("to", (long)_type));
            graph.Node("Reshape", [$"{y}_flat", $"{y}_shape"], $"{y}_c");
            graph.Node("Mul", [y, $"{y}_c"], $"{y}_weighted");
            terms.Add(graph.Node("ReduceSum", [$"{y}_weighted"], $"{y}_term", OnnxAttribute.Of("keepdims", 0)));
        }
        string loss = graph.Node("Sum", [.. terms], "L");
        OnnxModel forward = graph.Output(loss, _type).Build();
        Dictionary<string, (double[] Values, long[] Shape)> at = Differentiated(inputs);
        string[] parameters = [.. at.Keys];
        GradientModel gradients = GradientGraph.Of(forward, loss, parameters, ProbedShapes.Of(forward, what), what);
        using InferenceSession forwards = Open(forward), backwards = Open(gradients.Model);
        double[][] found = Run(backwards, at, [.. parameters.Select(p => gradients.Gradients[p])], out long[][] shapes);
        double step = _type == OnnxElementType.Double ? DoubleStep : FloatStep;
        double tolerance = _type == OnnxElementType.Double ? DoubleTolerance : FloatTolerance;
        for (int p = 0; p < parameters.Length; p++)
        {
            (double[] values, long[] shape) = at[parameters[p]];
            Assert.That(shapes[p], Is.EqualTo(shape), $"{what}: shape of the gradient of {parameters[p]}");
            for (int i = 0; i < values.Length; i++)
            {
                double before = values[i];
                values[i] = before + step;
                double above = Run(forwards, at, [loss], out _)[0][0];
                values[i] = before - step;
                double below = Run(forwards, at, [loss], out _)[0][0];
                values[i] = before;
                double expected = (above - below) / (2 * step);
                Assert.That(found[p][i], Is.EqualTo(expected).Within(tolerance * (1 + Math.Abs(expected))), $"{what}: gradient of {parameters[p]} at {i}");
            }
        }
    }

    private static Dictionary<string, (double[] Values, long[] Shape)> Differentiated(CheckedInput[] inputs) => inputs.Select((input, i) => (Input: input, Name: $"x{i}"))
        .Where(p => p.Input is { IsAbsent: false, IsDifferentiated: true }).ToDictionary(p => p.Name, p => (p.Input.Values, p.Input.Shape));

    private double[][] Run(InferenceSession session, Dictionary<string, (double[] Values, long[] Shape)> inputs, string[] outputs, out long[][] shapes)
    {
        using var options = new RunOptions();
        OrtValue[] tensors = [.. inputs.Values.Select(i => _type == OnnxElementType.Double
            ? OrtValue.CreateTensorValueFromMemory(i.Values.ToArray(), i.Shape) : OrtValue.CreateTensorValueFromMemory(i.Values.Select(v => (float)v).ToArray(), i.Shape))];
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> made = session.Run(options, [.. inputs.Keys], tensors, outputs);
            shapes = [.. made.Select(m => m.GetTensorTypeAndShape().Shape)];
            return [.. made.Select(m => _type == OnnxElementType.Double ? m.GetTensorDataAsSpan<double>().ToArray() : [.. m.GetTensorDataAsSpan<float>().ToArray().Select(v => (double)v)])];
        }
        finally
        {
            foreach (OrtValue tensor in tensors)
                tensor.Dispose();
        }
    }

    private static InferenceSession Open(OnnxModel model)
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        return new InferenceSession(model.ToBytes(), options);
    }
}
