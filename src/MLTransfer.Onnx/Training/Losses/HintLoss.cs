using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Losses;

/// <summary>
/// Regression of a teacher's features: l = 1/K · Σ_k (x_k − t_k)², x the student's features behind a projection to the teacher's K columns (FitNets' regressor, a part of the trained graph). This is
/// <see cref="SquaredErrorLoss"/> under its name in distillation. The paper has ½ · ‖x − t‖², which is K/2 times as much: a term's weight of K/2 gives the paper's loss. Closed gradient: 2 · (x_k − t_k) / K.
/// </summary>
/// <remarks>Reference: Romero, Ballas, Kahou, Chassang, Gatta and Bengio (2015), "FitNets: hints for thin deep nets", equation 3.</remarks>
internal sealed record HintLoss : TrainingLoss
{
    public override LossNodes Append(GraphBuilder graph, string prediction, string target, string weight) => new SquaredErrorLoss().Append(graph, prediction, target, weight);
}
