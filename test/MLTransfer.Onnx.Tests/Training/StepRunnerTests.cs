using MLTransfer.Onnx.Training;

namespace MLTransfer.Onnx.Tests.Training;

/// <summary>Vectors that are large enough to be divided among threads.</summary>
internal sealed class StepRunnerTests
{
    [Test]
    public void Run_AnyNumberOfThreads_GivesTheSameBytes([Values(null, 0.5)] double? clip, [Values(true, false)] bool isAdamW)
    {
        float[] one = Steps(1, clip, isAdamW), several = Steps(3, clip, isAdamW);
        Assert.Multiple(() =>
        {
            Assert.That(several, Is.EqualTo(one));
            Assert.That(one.Distinct().Count(), Is.GreaterThan(100_000), "every number was changed by its own gradient");
        });
    }

    [Test]
    public void Run_BadNumberInAnyPart_ChangesNothing([Values(null, 1.0)] double? clip)
    {
        var problem = new Numbers();
        foreach (int place in (int[])[0, 299_999, 300_000, problem.Layout.Tensors[^1].Offset + 2])
        {
            problem.Bad = place;
            float[] parameters = problem.Layout.Allocate();
            using StepRunner runner = Runner(problem, 3, clip, isAdamW: true, out ParameterUpdater updater);
            Assert.That(() => runner.Run(parameters, [0], 0, 0, 0.1), Throws.InstanceOf<NotFiniteNumberException>(), $"place {place}");
            Assert.That(parameters, Is.All.Zero);
            Assert.That(updater.StepCounts, Is.All.Zero);
        }
    }

    private static float[] Steps(int threadCount, double? clip, bool isAdamW)
    {
        var problem = new Numbers();
        float[] parameters = problem.Layout.Allocate();
        using StepRunner runner = Runner(problem, threadCount, clip, isAdamW, out _);
        for (int step = 0; step < 3; step++)
            runner.Run(parameters, [0], step, epoch: step, 0.1);
        return parameters;
    }

    private static StepRunner Runner(Numbers problem, int threadCount, double? clip, bool isAdamW, out ParameterUpdater updater)
    {
        var options = new TrainingOptions { Seed = 1, ThreadCount = threadCount, GradientClipNorm = clip, Optimizer = isAdamW ? Optimizer.AdamW(epsilon: 1e-2) : Optimizer.Sgd() };
        updater = ParameterUpdater.Create(options.Optimizer, problem.Layout);
        return new StepRunner(problem, problem.Layout, options, new BatchPlanner(problem, options), updater, problem.Layout.Allocate());
    }

    /// <summary>Gradients that are drawn anew in each step.</summary>
    private sealed class Numbers : ITrainingProblem
    {
        public ParameterLayout Layout { get; } = new(
            [new TrainedTensor("large", [300_000]), new TrainedTensor("odd", [100_001]) { Decays = false }, new TrainedTensor("late", [70_000]) { FirstEpoch = 1 }, new TrainedTensor("small", [3])]);

        /// <summary>The place of a number that is none.</summary>
        public int Bad { get; set; } = -1;

        public int RowCount => 1;

        public int LengthOf(int row) => 1;

        public double WeightOf(int row) => 1;

        public double Gradient(ReadOnlySpan<int> rows, in StepInfo step, ReadOnlySpan<float> parameters, Span<float> gradient)
        {
            var random = new Random((int)step.Step);
            foreach (TrainedTensor tensor in Layout.Tensors)
            {
                foreach (ref float number in gradient.Slice(tensor.Offset, tensor.Count))
                    number = random.NextSingle() - 0.5f;
            }
            if (Bad >= 0)
                gradient[Bad] = float.NaN;
            return 1;
        }

        public HeldOut? Evaluate(ReadOnlySpan<float> parameters, CancellationToken cancellationToken) => null;
    }
}
