using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Internal;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Onnx.Gradients;

/// <summary>
/// Raises graphs of older operator sets to the one that the rules are written for. What an operator once had as an attribute becomes an input, and where its meaning has
/// changed, nodes that still mean the old take its place. Weights remain slices of the original's file.
/// </summary>
internal static class OpsetUpgrade
{
    /// <summary>The version of ONNX's operators that rules read and emit. What they emit also holds in those of the next versions, up to <see cref="Latest"/>.</summary>
    public const int Version = 17;

    /// <summary>The last version whose operators rules read.</summary>
    public const int Latest = 21;

    /// <summary>The first version that can be raised: below, operators stretched their operands along an axis of their own choice.</summary>
    public const int Earliest = 7;

    /// <summary>The model in operators of <see cref="Version"/>; a newer one as it is. Shares the original's mapped file.</summary>
    /// <param name="model">The model. Not changed.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="folder">The folder of its external data, or null.</param>
    /// <exception cref="NotSupportedException">The model is older than <see cref="Earliest"/> or newer than <see cref="Latest"/>, or a node means something that newer operators cannot say.</exception>
    /// <exception cref="InvalidDataException">ONNX Runtime refuses the model, when it is asked for a shape that the file does not state.</exception>
    public static OnnxModel Raise(OnnxModel model, string name, string? folder = null)
    {
        // Version 0: no operator of ONNX's own.
        if (model.Opset is 0 or (>= Version and <= Latest))
            return model;
        if (model.Opset is < Earliest or > Latest)
            throw Throw.OpsetBeyondRange(name, model.Opset, Earliest, Latest);
        if (model.Functions.Length > 0)
            throw Throw.OpsetOfFunctions(name, model.Opset, model.Functions[0].Name);
        OnnxGraph graph = new OpsetRaising(model, name).Raise(model.Graph, ValuesOf(model, name, folder));
        HashSet<string> constants = [.. graph.Initializers.Select(t => t.Name)];
        return model with
        {
            // The first that knows this operator set. Before version 4 every constant stood among the inputs, which from then on would mean that a caller may replace it.
            IrVersion = Math.Max(model.IrVersion, 8),
            Opsets = [.. model.Opsets.Select(o => o.Domain is "" or "ai.onnx" ? o with { Version = Version } : o)],
            Graph = model.IrVersion >= 4 ? graph : graph with { Inputs = [.. graph.Inputs.Where(i => !constants.Contains(i.Name))] },
        };
    }

    /// <summary>Types and ranks of the values that a conversion depends on: as the file states them, else as ONNX Runtime infers them.</summary>
    private static Dictionary<string, OnnxValue> ValuesOf(OnnxModel model, string name, string? folder)
    {
        OnnxGraph graph = model.Graph;
        Dictionary<string, OnnxValue> known = OpsetRaising.Stated(graph);
        HashSet<string> made = [.. graph.Nodes.SelectMany(n => n.Outputs)];
        string[] asked = [.. graph.Nodes.Where(n => OpsetRaising.DependsOnInput(n, model.Opset)).Select(n => n.Input(0)).Where(v => made.Contains(v) && !known.ContainsKey(v)).Distinct()];
        foreach (OnnxValue value in asked.Length == 0 ? [] : ShapeInference.Of(model, name, folder, asked))
        {
            if (value.IsRankKnown)
                known.TryAdd(value.Name, value);
        }
        return known;
    }
}
