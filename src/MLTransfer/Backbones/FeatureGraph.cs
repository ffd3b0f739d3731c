using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Backbones;

/// <summary>The graph that runs for a feature: the backbone's own where all of it is needed, else that graph cut at the feature.</summary>
/// <param name="Source">The graph that runs.</param>
/// <param name="Feature">Its feature, with type and shape.</param>
/// <param name="Shape">What the feature's axes mean.</param>
internal sealed record FeatureGraph(ModelSource Source, OnnxValue Feature, FeatureShape Shape)
{
    // The classifiers that this is for are smaller; of a large text encoder the rest is a sliver.
    private const long LargestCopy = 128L << 20;

    /// <summary>Finds the feature among the outputs, or cuts the graph at it. A cut asks ONNX Runtime for the feature's shape, by a session that runs nothing.</summary>
    /// <exception cref="ArgumentException">The graph has no such value, or it cannot be a feature.</exception>
    /// <param name="original">The whole graph.</param>
    /// <param name="feature">The value's name.</param>
    /// <param name="audio">Where the graph reads sound: the outputs that carry its states are kept.</param>
    /// <param name="origin">For messages.</param>
    public static FeatureGraph Of(ModelSource original, string feature, AudioPreprocessing? audio, string origin)
    {
        using OnnxModel model = original.Read();
        return Of(original, model, feature, audio, origin);
    }

    /// <inheritdoc cref="Of(ModelSource, string, AudioPreprocessing?, string)"/>
    public static FeatureGraph Of(ModelSource original, OnnxModel model, string feature, AudioPreprocessing? audio, string origin)
    {
        // A state that the graph does not deliver is an error of the session's, which names it.
        string[] kept = [feature, .. (audio?.States.Values ?? []).Where(s => s != feature && model.Graph.Outputs.Any(o => o.Name == s))];
        if (model.Graph.Outputs.FirstOrDefault(o => o.Name == feature) is OnnxValue output)
        {
            FeatureGraph whole = Usable(original, model.Graph, output, FeatureCandidates.CanBeFeature(output), origin);
            return whole with { Source = WithoutTheRest(original, model, kept) };
        }
        if (GraphCut.PlaceOf(model, feature) == ValuePlace.Nowhere)
            throw Throw.NoSuchOutput(origin, feature, model.Graph.Outputs.Select(CardInference.Describe), PenultimateLayer.FindAll(model.Graph));
        OnnxModel cut = GraphCut.At(model, kept);
        var source = ModelSource.FromMemory(cut.ToBytes(), $"{original.Name} (cut at '{feature}')", original.Folder);
        OnnxValue inferred = ShapeInference.Of(cut, source.Name, source.Folder, [feature]).FirstOrDefault() ?? cut.Graph.Outputs[0];
        return Usable(source, cut.Graph, inferred, FeatureCandidates.CanBeFeature(inferred) && new RowAxis(model.Graph).IsFirst(inferred), origin);
    }

    // ONNX Runtime computes every output of a graph, asked for or not: a classifier's scores cost 5 % of a MobileNetV2. Very large graphs stay in their files.
    private static ModelSource WithoutTheRest(ModelSource original, OnnxModel model, string[] kept)
    {
        if (model.Graph.Outputs.Length <= kept.Length || original.ByteCount > LargestCopy || kept.Any(k => GraphCut.PlaceOf(model, k) != ValuePlace.Node))
            return original;
        OnnxModel cut = GraphCut.At(model, kept);
        // Inputs that only the rest needs are named by users all the same.
        bool losesInputs = InputRoles.RequiredInputs(cut.Graph).Length < InputRoles.RequiredInputs(model.Graph).Length;
        return losesInputs || cut.Graph.Nodes.Length == model.Graph.Nodes.Length ? original
            : ModelSource.FromMemory(cut.ToBytes(), $"{original.Name} (up to '{kept[0]}')", original.Folder);
    }

    // An output is believed: files exist that name its first axis otherwise. A run checks it.
    private static FeatureGraph Usable(ModelSource source, OnnxGraph graph, OnnxValue feature, bool isUsable, string origin) => isUsable
        ? new FeatureGraph(source, feature, FeatureShape.Of(feature, new ChannelAxis(graph))) : throw Throw.FeatureNotUsable(origin, CardInference.Describe(feature));
}
