using System.Collections.Immutable;

namespace MLTransfer.Onnx.Training;

/// <summary>One tensor that is trained, and how: a slice of the flat vector of all parameters.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="Shape">Sizes of its axes; empty for a scalar.</param>
internal sealed record TrainedTensor(string Name, ImmutableArray<long> Shape)
{
    /// <summary>How many numbers it has.</summary>
    public int Count { get; } = checked((int)Shape.Aggregate(1L, (product, size) => checked(product * size)));

    /// <summary>Where it begins in the flat vector. Set by <see cref="ParameterLayout"/>.</summary>
    public int Offset { get; init; }

    /// <summary>Whether weight decay applies. False for biases and for the scales and shifts of normalisation. Default: true.</summary>
    public bool Decays { get; init; } = true;

    /// <summary>Its learning rate as a multiple of the run's (layer-wise rates). Default: 1.</summary>
    public double LearningRateFactor { get; init; } = 1;

    /// <summary>
    /// The epoch, counted from 0, in which it begins to be trained (gradual unfreezing). Before that it is neither updated nor decayed, its gradient counts nowhere, and the state of
    /// the optimizer for it stays untouched. Default: 0.
    /// </summary>
    public int FirstEpoch { get; init; }

    /// <summary>Whether it came from a pretrained model, so that L2-SP pulls it to its start value. A new head is not pulled. Default: false.</summary>
    public bool IsPretrained { get; init; }
}
