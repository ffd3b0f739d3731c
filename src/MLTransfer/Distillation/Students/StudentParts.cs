using MLTransfer.Backbones;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Distillation.Students;

/// <summary>What the students' graphs have in common: names, and a backbone in memory of a graph and its card.</summary>
internal static class StudentParts
{
    public const string GraphFile = "model.onnx";
    public const string Ids = "input_ids";
    public const string Mask = "attention_mask";
    public const string Feature = "feature";

    /// <summary>The inputs of a text student, by role.</summary>
    public static IReadOnlyDictionary<string, string> TextInputs { get; } = new Dictionary<string, string> { [InputRoles.Ids] = Ids, [InputRoles.Mask] = Mask };

    public static OnnxAttribute ToFloat => OnnxAttribute.Of("to", (long)OnnxElementType.Float);

    /// <summary>A backbone of a finished graph; its hash goes into the card.</summary>
    public static Backbone ToBackbone(GraphBuilder graph, BackboneCard card, IReadOnlyDictionary<string, byte[]> files)
    {
        var source = ModelSource.FromMemory(graph.ToBytes(), card.Name);
        return Backbone.FromSource(card with { Sha256 = source.Sha256 }, source, files, card.Name);
    }
}
