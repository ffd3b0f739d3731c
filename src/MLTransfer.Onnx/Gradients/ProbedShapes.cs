using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Internal;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Onnx.Gradients;

/// <summary>
/// Types and shapes of every value of a graph, seen in two small runs whose open input axes have different sizes. An axis that has one size in both is fixed; two axes that agree
/// in both are the same axis. Inference from the file's types alone loses the axes behind every reshape whose target is computed, which is where attention lies.
/// </summary>
internal sealed class ProbedShapes
{
    private readonly Dictionary<string, ProbedValue> _values;

    private ProbedShapes(Dictionary<string, ProbedValue> values, ProbeSizes sizes)
    {
        _values = values;
        Sizes = sizes;
    }

    /// <summary>The sizes at which the graph ran.</summary>
    public ProbeSizes Sizes { get; }

    /// <summary>The value's type and axes; null for what is no tensor.</summary>
    public ProbedValue? this[string value] => _values.GetValueOrDefault(value);

    /// <summary>Runs the model twice and notes what came.</summary>
    /// <param name="model">The model; constants are its initializers and the outputs of Constant nodes.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="folder">The folder of its external data, or null.</param>
    /// <param name="sizes">Sizes for the open axes; default: small ones, then larger, until the graph takes them.</param>
    /// <exception cref="InvalidOperationException">The graph does not run at any of the sizes.</exception>
    public static ProbedShapes Of(OnnxModel model, string name, string? folder = null, ProbeSizes? sizes = null)
    {
        OnnxGraph graph = model.Graph;
        HashSet<string> outputs = [.. graph.Outputs.Select(o => o.Name)];
        string[] inner = [.. graph.Nodes.SelectMany(n => n.Outputs).Where(o => o.Length > 0 && !outputs.Contains(o))];
        OnnxGraph widened = graph with { Outputs = [.. graph.Outputs, .. inner.Select(v => new OnnxValue { Name = v, IsRankKnown = false })] };
        var source = ModelSource.FromMemory(model.WithGraph(widened).ToBytes(), name, folder);
        // Sizes that a graph does not take are no news to the user.
        var settings = new SessionSettings { Optimization = GraphOptimizationLevel.ORT_DISABLE_ALL, LogLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using var session = OnnxSession.Create(source, settings, warn: null);
        OnnxValue[] entries = [.. InputReach.Entries(graph)];
        Exception? first = null;
        foreach (ProbeSizes attempt in sizes is null ? ProbeSizes.Attempts : [sizes])
        {
            try
            {
                return Run(graph, session, entries, attempt);
            }
            catch (InvalidOperationException e)
            {
                first ??= e;
            }
        }
        throw Throw.ProbeFailed(name, entries, first!);
    }

    private static ProbedShapes Run(OnnxGraph graph, OnnxSession session, OnnxValue[] entries, ProbeSizes sizes)
    {
        Dictionary<string, ProbedValue> values = new(StringComparer.Ordinal);
        foreach (OnnxTensor constant in graph.Initializers)
            values[constant.Name] = new ProbedValue(constant.ElementType, [.. constant.Dimensions.Select(d => new ProbedAxis(d, d))]);
        Dictionary<string, (OnnxElementType Type, long[] Shape)>[] runs = [RunOnce(session, entries, sizes, 0), RunOnce(session, entries, sizes, 1)];
        foreach ((string value, (OnnxElementType type, long[] shape)) in runs[0])
        {
            if (runs[1].TryGetValue(value, out (OnnxElementType Type, long[] Shape) other) && other.Shape.Length == shape.Length)
                values[value] = new ProbedValue(type, [.. shape.Zip(other.Shape, (a, b) => new ProbedAxis(a, b))]);
        }
        return new ProbedShapes(values, sizes);
    }

    private static Dictionary<string, (OnnxElementType, long[])> RunOnce(OnnxSession session, OnnxValue[] entries, ProbeSizes sizes, int run)
    {
        Dictionary<string, (OnnxElementType, long[])> found = new(StringComparer.Ordinal);
        var inputs = new List<OrtValue>();
        try
        {
            foreach (OnnxValue entry in entries)
            {
                long[] shape = sizes.ShapeOf(entry, run);
                inputs.Add(ProbeInput.Make(entry, shape));
                found[entry.Name] = (entry.ElementType, shape);
            }
            string[] names = [.. session.Outputs.Select(o => o.Name)];
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.RunAllocating([.. entries.Select(e => e.Name)], [.. inputs], names, 0);
            for (int i = 0; i < names.Length; i++)
            {
                if (outputs[i].IsTensor)
                {
                    OrtTensorTypeAndShapeInfo info = outputs[i].GetTensorTypeAndShape();
                    found[names[i]] = ((OnnxElementType)(int)info.ElementDataType, info.Shape);
                }
            }
            return found;
        }
        finally
        {
            foreach (OrtValue input in inputs)
                input.Dispose();
        }
    }
}
