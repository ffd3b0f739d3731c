using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Sessions;

/// <summary>Asks ONNX Runtime for types and shapes, by sessions that run nothing.</summary>
internal static class ShapeInference
{
    /// <summary>Types and shapes of values of a model; those that are no tensors are left out.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="folder">The folder of its external data.</param>
    /// <param name="values">Values that nodes of the main graph make.</param>
    /// <exception cref="InvalidDataException">The guard or ONNX Runtime refuses the model.</exception>
    public static ImmutableArray<OnnxValue> Of(OnnxModel model, string name, string? folder, IReadOnlyCollection<string> values)
    {
        var reshapes = new RuntimeReshapes(model.Graph);
        OnnxValue[] untyped = [.. values.Concat(reshapes.Asked).Distinct(StringComparer.Ordinal).Select(v => new OnnxValue { Name = v, IsRankKnown = false })];
        var hints = new Dictionary<string, OnnxValue>(StringComparer.Ordinal);
        Dictionary<string, OnnxValue> inferred = Infer(model, name, folder, untyped);
        // Once more for most graphs of attention, not at all for others; again where one reshape takes its rank from what another gave.
        while (reshapes.Hints(inferred).Where(h => !hints.ContainsKey(h.Name)).ToArray() is { Length: > 0 } more)
        {
            foreach (OnnxValue hint in more)
                hints.Add(hint.Name, hint);
            inferred = Infer(model, name, folder, hints.Values.Concat(untyped).DistinctBy(v => v.Name));
        }
        OnnxValue[] found = [.. values.Where(inferred.ContainsKey).Select(v => inferred[v])];
        return [.. Probe(model, name, folder, found)];
    }

    /// <summary>Finds the rows where they got lost, see <see cref="RowProbe"/>.</summary>
    private static IEnumerable<OnnxValue> Probe(OnnxModel model, string name, string? folder, OnnxValue[] values)
    {
        var probe = new RowProbe(model.Graph);
        if (!values.Any(probe.IsNeeded))
            return values;
        Dictionary<string, OnnxValue> probed;
        try
        {
            OnnxValue[] untyped = [.. values.Select(v => new OnnxValue { Name = v.Name, IsRankKnown = false })];
            // The lowest level that computes what depends on shapes alone.
            probed = Infer(model.WithGraph(probe.WithRows()), name, folder, untyped, GraphOptimizationLevel.ORT_ENABLE_BASIC);
        }
        catch (InvalidDataException)
        {
            // The graph is sound, or the session above would have failed: it says that any number of rows may come and takes a single one, having written that into a reshape.
            return values;
        }
        return values.Select(v => probed.TryGetValue(v.Name, out OnnxValue? at) ? probe.Complete(v, at) : v);
    }

    private static Dictionary<string, OnnxValue> Infer(
        OnnxModel model, string name, string? folder, IEnumerable<OnnxValue> values, GraphOptimizationLevel optimization = GraphOptimizationLevel.ORT_DISABLE_ALL)
    {
        OnnxGraph graph = model.Graph;
        HashSet<string> outputs = [.. graph.Outputs.Select(o => o.Name)];
        OnnxGraph widened = graph with { Outputs = [.. graph.Outputs, .. values.Where(v => !outputs.Contains(v.Name))] };
        var source = ModelSource.FromMemory(model.WithGraph(widened).ToBytes(), name, folder);
        using var session = OnnxSession.Create(source, new SessionSettings { Optimization = optimization }, warn: null);
        return session.Outputs.Select(p => p.ToValue()).ToDictionary(v => v.Name, StringComparer.Ordinal);
    }
}
