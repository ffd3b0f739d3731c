using System.Collections.Immutable;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Sessions;

/// <summary>
/// Lists the values of a model that can be a feature: real numbers with two to four axes, the rows on the first. Shapes come from ONNX Runtime, see
/// <see cref="ShapeInference"/>.
/// </summary>
internal static class FeatureCandidates
{
    /// <summary>The candidates in the order of the graph's nodes.</summary>
    /// <exception cref="InvalidDataException">The guard or ONNX Runtime refuses the model.</exception>
    public static ImmutableArray<FeatureCandidate> Of(ModelSource source)
    {
        using OnnxModel model = source.Read();
        OnnxGraph graph = model.Graph;
        HashSet<string> reached = InputReach.Of(graph);
        string[] names = [.. graph.Nodes.SelectMany(n => n.Outputs).Where(reached.Contains).Distinct(StringComparer.Ordinal)];
        Dictionary<string, OnnxValue> values = ShapeInference.Of(model, source.Name, source.Folder, names).ToDictionary(v => v.Name, StringComparer.Ordinal);
        var index = new NodeIndex(graph);
        HashSet<string> outputs = [.. graph.Outputs.Select(o => o.Name)];
        HashSet<string> penultimate = [.. PenultimateLayer.FindAll(graph).Values];
        var rows = new RowAxis(graph);
        return
        [
            .. names.Where(values.ContainsKey).Select(name => values[name]).Where(v => CanBeFeature(v) && rows.IsFirst(v))
                .Select(v => new FeatureCandidate(v, Label(index.Producer(v.Name)!), outputs.Contains(v.Name), penultimate.Contains(v.Name))),
        ];
    }

    /// <summary>Whether the encoders can take a value: real numbers of at most 32 bits with two to four axes.</summary>
    public static bool CanBeFeature(OnnxValue value) =>
        value.ElementType is OnnxElementType.Float or OnnxElementType.Float16 or OnnxElementType.BFloat16 && value.Dimensions.Length is 2 or 3 or 4;

    private static string Label(OnnxNode node) => node.IsStandard ? node.OpType : $"{node.Domain}.{node.OpType}";
}
