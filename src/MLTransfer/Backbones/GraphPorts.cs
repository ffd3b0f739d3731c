using System.Collections.Immutable;
using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Backbones;

/// <summary>The inputs and the feature of the graph that runs for a backbone, checked against its card, and what they mean for batching.</summary>
internal sealed record GraphPorts
{
    /// <summary>Inputs by the card's role; only those that the feature needs.</summary>
    public required ImmutableSortedDictionary<string, OnnxValue> Inputs { get; init; }

    public required OnnxValue Feature { get; init; }

    /// <summary>What the feature's axes mean.</summary>
    public required FeatureShape Shape { get; init; }

    /// <summary>The rows that the graph takes at a time, where its batch axis is fixed.</summary>
    public required int? FixedBatch { get; init; }

    /// <summary>True where the graph takes one row at a time: its batch axis is fixed at 1.</summary>
    public bool BatchIsOne => FixedBatch == 1;

    /// <summary>Text: the most tokens that the graph's table of positions has; null where the graph states no limit.</summary>
    public required long? PositionLimit { get; init; }

    public required RowIndependence Independence { get; init; }

    /// <summary>Checks a card against its graph.</summary>
    /// <param name="card">The card, which describes the whole graph.</param>
    /// <param name="source">The whole graph.</param>
    /// <param name="run">What runs of it.</param>
    /// <param name="origin">For messages.</param>
    public static GraphPorts Check(BackboneCard card, ModelSource source, FeatureGraph run, string origin)
    {
        using OnnxModel model = run.Source.Read();
        OnnxGraph graph = model.Graph;
        OnnxValue[] required = InputRoles.RequiredInputs(graph);
        OnnxValue[] all = run.Source == source ? required : AllInputs(source);
        var inputs = ImmutableSortedDictionary.CreateBuilder<string, OnnxValue>(StringComparer.Ordinal);
        foreach ((string role, string name) in card.Inputs)
        {
            if (required.FirstOrDefault(i => i.Name == name) is OnnxValue input)
                inputs[role] = input;
            else if (all.All(i => i.Name != name))
                throw Throw.NoSuchInput(origin, role, name, all.Select(CardInference.Describe));
        }
        foreach (OnnxValue input in required)
        {
            if (!inputs.ContainsValue(input))
                throw Throw.InputWithoutRole(origin, CardInference.Describe(input));
        }
        return new GraphPorts
        {
            Inputs = inputs.ToImmutable(),
            Feature = run.Feature,
            Shape = run.Shape,
            FixedBatch = Rows([.. required.Where(i => HasRows(card, i.Name))], origin),
            PositionLimit = card.Modality == BackboneModality.Text ? PositionTable.Limit(graph) : null,
            Independence = RowIndependence.Analyse(model),
        };
    }

    // The axes of a recurrent state may come in any order, and a constant has none.
    private static bool HasRows(BackboneCard card, string input) =>
        card.Audio is not AudioPreprocessing audio || !(audio.States.ContainsKey(input) || audio.Constants.ContainsKey(input));

    private static OnnxValue[] AllInputs(ModelSource source)
    {
        using OnnxModel model = source.Read();
        return InputRoles.RequiredInputs(model.Graph);
    }

    /// <summary>The size of the inputs' first axis, where it is fixed. Where the inputs differ, some first axis is not the batch.</summary>
    private static int? Rows(OnnxValue[] inputs, string origin)
    {
        OnnxValue[] withRows = [.. inputs.Where(i => i.Dimensions.Length > 0)];
        if (withRows.Any(i => i.Dimensions[0].Value == 1))
            return withRows.FirstOrDefault(i => i.Dimensions[0].Value > 1) is OnnxValue other ? throw Fixed(other) : 1;
        OnnxValue? first = withRows.FirstOrDefault(i => i.Dimensions[0].Value > 1);
        if (first is null)
            return null;
        long rows = first.Dimensions[0].Value!.Value;
        return rows <= int.MaxValue && withRows.All(i => i.Dimensions[0].Value == rows) ? (int)rows : throw Fixed(first);

        Exception Fixed(OnnxValue input) => Throw.FixedBatch(origin, CardInference.Describe(input), input.Dimensions[0].Value!.Value);
    }
}
