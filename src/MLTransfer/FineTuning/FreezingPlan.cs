using MLTransfer.FineTuning;
using MLTransfer.Internal;
using MLTransfer.Onnx.Training.Parts;

namespace MLTransfer;

/// <summary>Which weights of a backbone are trained; all others stay frozen. The head is always trained. What a backbone's blocks are, <see cref="Backbone.ListBlocks"/> tells.</summary>
public sealed record FreezingPlan
{
    private readonly int? _lastBlocks;
    private readonly string? _cut;
    private readonly ParameterKind? _only;

    private FreezingPlan(string description, int? lastBlocks = null, string? cut = null, ParameterKind? only = null)
    {
        Description = description;
        _lastBlocks = lastBlocks;
        _cut = cut;
        _only = only;
    }

    /// <summary>All weights are trained. Nothing is computed in advance, so an epoch costs what the whole network costs.</summary>
    public static FreezingPlan Everything { get; } = new("everything");

    /// <summary>Only biases, of all layers (BitFit; Ben Zaken, Goldberg and Ravfogel 2022): few numbers, hard to overfit.</summary>
    public static FreezingPlan BiasesOnly { get; } = new("biases only", only: ParameterKind.Bias);

    /// <summary>Only the scales and shifts of normalisation, of all layers.</summary>
    public static FreezingPlan NormsOnly { get; } = new("norms only", only: ParameterKind.Norm);

    /// <summary>The plan in words.</summary>
    public string Description { get; }

    /// <summary>The last blocks of the network are trained. What lies in front is run once for each row and kept, so that an epoch costs only the blocks.</summary>
    /// <param name="count">How many; 1 or above. A backbone with fewer blocks is trained as a whole.</param>
    public static FreezingPlan LastBlocks(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new FreezingPlan(count == 1 ? "last block" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"last {count} blocks"), lastBlocks: count);
    }

    /// <summary>What lies behind a value of the graph is trained.</summary>
    /// <param name="value">The value's name, such as the end of a block (<see cref="BackboneBlock.EndsAt"/>).</param>
    public static FreezingPlan Behind(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        return new FreezingPlan($"behind '{value}'", cut: value);
    }

    /// <inheritdoc/>
    public override string ToString() => Description;

    /// <summary>The parameters that are trained.</summary>
    /// <exception cref="ArgumentException">The plan leaves nothing to be trained, or names a value that the graph does not have.</exception>
    /// <exception cref="NotSupportedException">A parameter that the plan asks for has no gradient.</exception>
    internal ModelParameter[] Choose(TrainableBackbone backbone)
    {
        IEnumerable<ModelParameter> chosen = backbone.Parameters;
        if (_lastBlocks is int count)
            chosen = chosen.Where(p => p.Block >= backbone.Blocks.Count - count);
        else if (_cut is not null)
            chosen = backbone.Behind(_cut);
        else if (_only is not null)
            chosen = chosen.Where(p => p.Kind == _only);
        ModelParameter[] found = [.. chosen];
        if (found.FirstOrDefault(p => !p.IsTrainable) is ModelParameter stuck)
            throw Throw.ParameterNotTrainable(backbone.Name, Description, stuck.Name, stuck.Problem!, backbone.FirstTrainableEnd);
        return found.Length > 0 ? found : throw Throw.NothingToFineTune(backbone.Name, Description, backbone.Blocks.Count, backbone.IsQuantized);
    }
}
