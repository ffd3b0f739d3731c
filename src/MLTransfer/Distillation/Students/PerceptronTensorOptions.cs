using System.Collections.Immutable;
using MLTransfer.Distillation.Students;

namespace MLTransfer;

/// <summary>The shape of a small network for plain vectors: see <see cref="StudentBackbones.PerceptronTensor"/>.</summary>
public sealed record PerceptronTensorOptions
{
    /// <summary>Sizes of the hidden layers, each 1 to 65,536; empty for a linear map. Default: one of 256.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of range.</exception>
    public ImmutableArray<int> HiddenUnits
    {
        get;
        init => field = value.IsDefault ? [] : [.. value.Select(units => OptionRange.Within(units, 1, 65_536, nameof(HiddenUnits)))];
    } = [256];

    /// <summary>D, numbers of a feature. 1 to 65,536, default: 128.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int OutputDimension { get; init => field = OptionRange.Within(value, 1, 65_536, nameof(OutputDimension)); } = 128;

    /// <summary>Whether features are divided by their Euclidean norm, which the card then says. Default: false.</summary>
    public bool Normalize { get; init; }

    /// <summary>Decides the weights. Default: 0.</summary>
    public int Seed { get; init; }
}
