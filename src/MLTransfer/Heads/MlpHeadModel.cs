using MLTransfer.Heads.Network;

namespace MLTransfer;

/// <summary>What a multilayer perceptron learnt. Immutable and thread-safe.</summary>
public sealed class MlpHeadModel
{
    internal MlpHeadModel(HeadNetwork network, HeadOutput output)
    {
        Network = network;
        Output = output;
        HiddenUnits = network.Architecture.HiddenUnits;
        Labels = output.Labels;
        Thresholds = output is MultilabelOutput labels ? labels.Thresholds : [];
    }

    /// <summary>D, the numbers of a feature vector.</summary>
    public int FeatureCount => Network.FeatureCount;

    /// <summary>Units of each hidden layer; empty for a linear head.</summary>
    public IReadOnlyList<int> HiddenUnits { get; }

    /// <summary>Trained numbers, in all layers.</summary>
    public int ParameterCount => Network.Parameters.Sum(p => p.Values.Length);

    /// <summary>Names of the classes or labels, in the order of Score; empty for a quantity.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The probability from which on each label is said to hold, of a head for several labels; else empty.</summary>
    public IReadOnlyList<float> Thresholds { get; }

    internal HeadNetwork Network { get; }

    internal HeadOutput Output { get; }
}
