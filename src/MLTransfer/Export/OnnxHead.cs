using System.Collections.Immutable;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Export;

/// <summary>A head as a graph of its own, before it is joined to a backbone.</summary>
/// <param name="Model">
/// One input, Float [batch, D] under any name, and the outputs of the task under their final names. Multiclass: Score, Float [batch, K], the probabilities, and PredictedLabel, Int64
/// [batch], the index of the class. Binary: Score and, where calibrated, Probability, Float [batch, 1], and PredictedLabel, Int64 [batch], 1 for true; a head of MLTransfer has Probability = 1 / (1 + exp(−Score)) and is true where
/// Score is above 0. Multi-label: Score, Float
/// [batch, K], the probabilities, and PredictedLabel, Int64 [batch, K], 1 for each label that holds. Regression: Score, Float [batch, 1]. Names of inner values are free: they are changed where they
/// collide.
/// </param>
/// <param name="Task">What the outputs mean.</param>
/// <param name="FeatureCount">D.</param>
/// <param name="Labels">Names of the classes or labels in the order of Score; empty where there are none.</param>
internal sealed record OnnxHead(OnnxModel Model, HeadTask Task, int FeatureCount, ImmutableArray<string> Labels)
{
    public const string Score = "Score";
    public const string Probability = "Probability";
    public const string PredictedLabel = "PredictedLabel";
}
