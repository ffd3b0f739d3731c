using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Backbones;

/// <summary>The graph that runs for a feature: the backbone's own where the feature is one of its outputs, else that graph cut at the feature.</summary>
/// <param name="Source">The graph that runs.</param>
/// <param name="Feature">Its feature, with type and shape.</param>
/// <param name="Shape">What the feature's axes mean.</param>
internal sealed record FeatureGraph(ModelSource Source, OnnxValue Feature, FeatureShape Shape)
{
    /// <summary>Finds the feature among the outputs, or cuts the graph at it. A cut asks ONNX Runtime for the feature's shape, by a session that runs nothing.</summary>
    /// <exception cref="ArgumentException">The graph has no such value, or it cannot be a feature.</exception>
    public static FeatureGraph Of(ModelSource original, string feature, string origin)
    {
        using OnnxModel model = original.Read();
        return Of(original, model, feature, origin);
    }

    /// <inheritdoc cref="Of(ModelSource, string, string)"/>
    public static FeatureGraph Of(ModelSource original, OnnxModel model, string feature, string origin)
    {
        if (model.Graph.Outputs.FirstOrDefault(o => o.Name == feature) is OnnxValue output)
            return Usable(original, model.Graph, output, FeatureCandidates.CanBeFeature(output), origin);
        if (GraphCut.PlaceOf(model, feature) == ValuePlace.Nowhere)
            throw Throw.NoSuchOutput(origin, feature, model.Graph.Outputs.Select(CardInference.Describe), PenultimateLayer.FindAll(model.Graph));
        OnnxModel cut = GraphCut.At(model, feature);
        var source = ModelSource.FromMemory(cut.ToBytes(), $"{original.Name} (cut at '{feature}')", original.Folder);
        OnnxValue inferred = ShapeInference.Of(cut, source.Name, source.Folder, [feature]).FirstOrDefault() ?? cut.Graph.Outputs[0];
        return Usable(source, cut.Graph, inferred, FeatureCandidates.CanBeFeature(inferred) && new RowAxis(model.Graph).IsFirst(inferred), origin);
    }

    // An output is believed: files exist that name its first axis otherwise. A run checks it.
    private static FeatureGraph Usable(ModelSource source, OnnxGraph graph, OnnxValue feature, bool isUsable, string origin) => isUsable
        ? new FeatureGraph(source, feature, FeatureShape.Of(feature, new ChannelAxis(graph))) : throw Throw.FeatureNotUsable(origin, CardInference.Describe(feature));
}
