using System.Collections.Immutable;
using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Backbones;

/// <summary>The inputs and the feature output of a backbone's graph, checked against its card, and what they mean for batching.</summary>
internal sealed record GraphPorts
{
    /// <summary>Inputs by the card's role.</summary>
    public required ImmutableSortedDictionary<string, OnnxValue> Inputs { get; init; }

    public required OnnxValue Feature { get; init; }

    /// <summary>True where the graph takes one row at a time: its batch axis is fixed at 1.</summary>
    public required bool BatchIsOne { get; init; }

    /// <summary>Text: the most tokens that the graph's table of positions has; null where the graph states no limit.</summary>
    public required long? PositionLimit { get; init; }

    public required RowIndependence Independence { get; init; }

    public static GraphPorts Check(BackboneCard card, ModelSource source, string origin)
    {
        using OnnxModel model = source.Read();
        OnnxGraph graph = model.Graph;
        OnnxValue[] required = InputRoles.RequiredInputs(graph);
        string[] described = [.. required.Select(CardInference.Describe)];
        var inputs = ImmutableSortedDictionary.CreateBuilder<string, OnnxValue>(StringComparer.Ordinal);
        foreach ((string role, string name) in card.Inputs)
            inputs[role] = required.FirstOrDefault(i => i.Name == name) ?? throw Throw.NoSuchInput(origin, role, name, described);
        foreach (OnnxValue input in required)
        {
            if (!inputs.ContainsValue(input))
                throw Throw.InputWithoutRole(origin, CardInference.Describe(input));
            if (input.Dimensions is [{ Value: > 1 } batch, ..])
                throw Throw.FixedBatch(origin, CardInference.Describe(input), batch.Value!.Value);
        }
        OnnxValue feature = graph.Outputs.FirstOrDefault(o => o.Name == card.FeatureOutput)
            ?? throw Throw.NoSuchOutput(origin, card.FeatureOutput, graph.Outputs.Select(CardInference.Describe));
        return new GraphPorts
        {
            Inputs = inputs.ToImmutable(),
            Feature = feature,
            BatchIsOne = required.Any(i => i.Dimensions is [{ Value: 1 }, ..]),
            PositionLimit = card.Modality == BackboneModality.Text ? PositionTable.Limit(graph) : null,
            Independence = RowIndependence.Analyse(model),
        };
    }
}
