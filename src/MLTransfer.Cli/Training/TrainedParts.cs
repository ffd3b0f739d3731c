using MLTransfer.FineTuning;
using MLTransfer.Onnx.Training.Parts;

namespace MLTransfer.Cli.Training;

/// <summary>What of a backbone is trained.</summary>
/// <param name="Plan">The plan in words.</param>
/// <param name="Blocks">The blocks that have a part in it, counted from 0.</param>
/// <param name="BlockCount">Blocks of the backbone.</param>
/// <param name="ParameterCount">Numbers that are trained.</param>
/// <param name="BackboneParameterCount">Numbers in all weights in front of the feature.</param>
internal sealed record TrainedParts(string Plan, IReadOnlyList<int> Blocks, int BlockCount, long ParameterCount, long BackboneParameterCount)
{
    /// <summary>Asks the plan before any row is read.</summary>
    /// <exception cref="ArgumentException">The plan leaves nothing to train, names an unknown value, or asks for weights that have no gradient.</exception>
    public static TrainedParts Of(Backbone backbone, FreezingPlan plan, bool int8ToFloat)
    {
        try
        {
            using TrainableBackbone trainable = TrainableBackbone.Of(backbone, int8ToFloat);
            ModelParameter[] chosen = plan.Choose(trainable);
            return new TrainedParts(plan.Description, [.. chosen.Select(p => p.Block).Distinct().Order()], trainable.Blocks.Count, chosen.Sum(p => p.Count), trainable.Parameters.Sum(p => p.Count));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new ArgumentException($"--fine-tune: {e.Message}", e);
        }
    }
}
