using MLTransfer.Onnx.Training;

namespace MLTransfer.Onnx.Tests.Training;

/// <summary>One training that uses everything a checkpoint must hold: both moments, an average, best weights, accumulation, a tensor that is unfrozen later, random noise by step.</summary>
internal static class ResumableRun
{
    public const int StepCount = 6 * 13;

    public static TrainingOptions Options(string? checkpoint) => new()
    {
        EpochCount = 6,
        BatchSize = 4,
        AccumulationCount = 2,
        LearningRate = 0.05,
        WeightAverageDecay = 0.9,
        L2Sp = 0.01,
        Seed = 11,
        SelectionCriterion = SelectionCriterion.Loss,
        HeldOutFraction = 0.2,
        CheckpointPath = checkpoint,
        CheckpointEverySteps = 5,
    };

    /// <param name="checkpoint">The file, or null.</param>
    /// <param name="onStep">Called after each step that this process makes, with its number in the whole run.</param>
    /// <param name="change">Changes the options.</param>
    public static TrainingResult Train(string? checkpoint, Action<long> onStep, Func<TrainingOptions, TrainingOptions>? change = null)
    {
        SoftmaxProblem plain = new(rows: 100, heldOut: 25, features: 9) { Length = row => 1 + row % 13 };
        ParameterLayout layout = new(plain.Layout.Tensors.Select(t => t.Name == "bias" ? t with { FirstEpoch = 2 } : t));
        SoftmaxProblem problem = new(rows: 100, heldOut: 25, features: 9)
        {
            Layout = layout,
            Length = row => 1 + row % 13,
            // A loss that every step changes at random, as dropout would, and that the history records.
            OnGradient = step => new CounterRandom(step.Seed, RandomStream.Dropout, step.Step).Uniform(step.MicroBatch) / 8,
        };
        TrainingOptions options = Options(checkpoint) with { Progress = new StepProgress(onStep) };
        return TrainingLoop.Run(problem, layout, problem.Start(), change?.Invoke(options) ?? options, lengthBudget: 30, dataFingerprint: "softmax");
    }

    private sealed class StepProgress(Action<long> onStep) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.HeldOutLoss is null)
                onStep(value.Step);
        }
    }
}
