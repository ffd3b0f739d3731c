using System.Collections.Immutable;

namespace MLTransfer.Heads.Network;

/// <summary>Which layers a head has: for each hidden size a linear map, normalisation, activation and dropout, then a linear map to the logits.</summary>
/// <param name="HiddenUnits">Sizes of the hidden layers; empty for a linear head.</param>
/// <param name="Activation">Of the hidden layers.</param>
/// <param name="Normalization">Of the hidden layers.</param>
/// <param name="FeatureDropout">Rate of the dropout on the features, from 0 (none) to below 1.</param>
/// <param name="Dropout">Rate of the dropout behind each hidden layer, from 0 (none) to below 1.</param>
internal sealed record HeadArchitecture(ImmutableArray<int> HiddenUnits, HeadActivation Activation, HeadNormalization Normalization, double FeatureDropout, double Dropout)
{
    /// <summary>No hidden layer, no dropout.</summary>
    public static HeadArchitecture Linear { get; } = new([], HeadActivation.Relu, HeadNormalization.None, 0, 0);
}
