using MLTransfer.Onnx.Training;

namespace MLTransfer.Onnx.Tests.Training;

internal sealed class TrainingLoopTests
{
    private static readonly TrainingOptions Options = new() { EpochCount = 5, BatchSize = 8, LearningRate = 0.05, Seed = 1 };

    [Test]
    public void Run_Softmax_LowersTheLoss()
    {
        SoftmaxProblem problem = new(rows: 200);
        TrainingResult result = Run(problem, Options with { EpochCount = 20 });
        Assert.That(result.End, Is.EqualTo(TrainingEnd.EpochsDone));
        Assert.That(result.BestEpoch, Is.Null);
        Assert.That(result.StepCount, Is.EqualTo(20 * 25));
        Assert.That(result.History.Select(h => h.Epoch), Is.EqualTo(Enumerable.Range(0, 20)));
        Assert.That(result.History[0].TrainingLoss, Is.InRange(0.7, Math.Log(3) + 0.05));
        Assert.That(result.History[^1].TrainingLoss, Is.LessThan(0.75 * result.History[0].TrainingLoss));
        Assert.That(result.History, Has.All.Property("RowsPerSecond").GreaterThan(0));
        Assert.That(result.Parameters.Where((_, i) => i == 15 || i >= 19), Is.All.Zero, "gaps stay 0");
    }

    [Test]
    public void Run_SameSeed_GivesTheSameBytes_AnotherSeedOthers()
    {
        float[] Weights(int seed) => Run(new SoftmaxProblem(), Options with { Seed = seed }).Parameters;
        float[] first = Weights(7);
        Assert.That(Weights(7), Is.EqualTo(first));
        Assert.That(Weights(8), Is.Not.EqualTo(first));
    }

    [Test]
    public void Run_Start_IsNotChanged()
    {
        SoftmaxProblem problem = new();
        float[] start = problem.Start();
        start[3] = 0.5f;
        float[] copy = [.. start];
        TrainingLoop.Run(problem, problem.Layout, start, Options);
        Assert.That(start, Is.EqualTo(copy));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Run_Accumulated_EqualsTheLargerBatch(bool hasLengths)
    {
        SoftmaxProblem Problem() => new(rows: 37) { Weight = row => 0.5 + row % 3, Length = hasLengths ? row => 1 + row % 5 : _ => 1 };
        TrainingResult accumulated = Run(Problem(), Options with { BatchSize = 3, AccumulationCount = 4 });
        TrainingResult large = Run(Problem(), Options with { BatchSize = 12 });
        Assert.That(accumulated.StepCount, Is.EqualTo(large.StepCount).And.EqualTo(5 * 4));
        // The gradients are summed in the same order, so nothing is even rounded differently.
        Assert.That(accumulated.Parameters, Is.EqualTo(large.Parameters));
    }

    [Test]
    public void Run_MicroBatches_AreCountedAndShareTheTotalWeight()
    {
        List<StepInfo> steps = [];
        SoftmaxProblem problem = new(rows: 20)
        {
            Weight = _ => 2,
            OnGradient = step =>
            {
                steps.Add(step);
                return 0;
            },
        };
        Run(problem, Options with { EpochCount = 2, BatchSize = 4, AccumulationCount = 3, Seed = 5 });
        Assert.That(steps, Is.EqualTo(new StepInfo[]
        {
            new(0, 0, 0, 5, 24), new(0, 0, 1, 5, 24), new(0, 0, 2, 5, 24), new(1, 0, 0, 5, 16), new(1, 0, 1, 5, 16),
            new(2, 1, 0, 5, 24), new(2, 1, 1, 5, 24), new(2, 1, 2, 5, 24), new(3, 1, 0, 5, 16), new(3, 1, 1, 5, 16),
        }));
    }

    [Test]
    public void Run_WeightOfTwo_CountsLikeTheRowTwice()
    {
        // All rows in one batch: Σ w · loss / Σ w is the same when every weight is doubled.
        TrainingOptions options = Options with { BatchSize = 40 };
        float[] once = Run(new SoftmaxProblem(), options).Parameters;
        float[] twice = Run(new SoftmaxProblem { Weight = _ => 2 }, options).Parameters;
        Assert.That(twice, Is.EqualTo(once));
        float[] uneven = Run(new SoftmaxProblem { Weight = row => row < 20 ? 2 : 1 }, options).Parameters;
        Assert.That(uneven, Is.Not.EqualTo(once));
    }

    [Test]
    public void Run_TensorUnfrozenLater_StaysAtItsStartUntilThen()
    {
        List<float> biases = [];
        SoftmaxProblem plain = new();
        ParameterLayout layout = new(plain.Layout.Tensors.Select(t => t.Name == "bias" ? t with { FirstEpoch = 2, Decays = true } : t));
        SoftmaxProblem problem = new()
        {
            Layout = layout,
            OnEvaluate = parameters =>
            {
                biases.Add(parameters[layout.Tensors[1].Offset]);
                return null;
            },
        };
        float[] start = problem.Start();
        start[layout.Tensors[1].Offset] = 0.25f;
        TrainingLoop.Run(problem, layout, start, Options with { EpochCount = 4, WeightAverageDecay = null });
        Assert.That(biases[..2], Is.All.EqualTo(0.25f));
        Assert.That(biases[2], Is.Not.EqualTo(0.25f));
    }

    [Test]
    public void Run_L2Sp_KeepsPretrainedWeightsNearTheirStart()
    {
        SoftmaxProblem problem = new(rows: 200);
        float[] start = problem.Start();
        start.AsSpan(0, 15).Fill(0.5f);
        double Distance(double? strength)
        {
            float[] found = TrainingLoop.Run(problem, problem.Layout, start, Options with { L2Sp = strength, WeightDecay = 0 }).Parameters;
            return Math.Sqrt(found.Take(15).Sum(p => (p - 0.5) * (p - 0.5)));
        }

        Assert.That(Distance(3), Is.LessThan(0.5 * Distance(null)));
    }

    [Test]
    public void Run_EarlyStopping_RestoresTheBestWeights()
    {
        List<float[]> seen = [];
        double[] losses = [5, 3, 4, 2.95, 3.5, 1];
        SoftmaxProblem problem = new()
        {
            OnEvaluate = parameters =>
            {
                seen.Add(parameters);
                return new HeldOut(losses[seen.Count - 1]);
            },
        };
        TrainingResult result = Run(problem, Options with { EpochCount = 6, EarlyStopping = new EarlyStopping { Patience = 3, MinimumImprovement = 0.1 } });
        // Epoch 3 is the best, but no improvement worth the name: patience runs from epoch 1.
        Assert.That(result.End, Is.EqualTo(TrainingEnd.StoppedEarly));
        Assert.That(result.History, Has.Count.EqualTo(5));
        Assert.That(result.BestEpoch, Is.EqualTo(3));
        Assert.That(result.Parameters, Is.EqualTo(seen[3]));
        Assert.That(seen[4], Is.Not.EqualTo(seen[3]));
        Assert.That(result.History.Select(h => h.HeldOutLoss), Is.EqualTo(losses[..5]));
    }

    [Test]
    public void Run_ByMetric_KeepsTheHighest()
    {
        List<float[]> seen = [];
        double[] metrics = [0.5, 0.7, 0.6, 0.7];
        SoftmaxProblem problem = new()
        {
            OnEvaluate = parameters =>
            {
                seen.Add(parameters);
                return new HeldOut(1.0 / seen.Count, metrics[seen.Count - 1]);
            },
        };
        TrainingResult result = Run(problem, Options with { EpochCount = 4, SelectionCriterion = SelectionCriterion.Metric });
        Assert.That(result.BestEpoch, Is.EqualTo(1), "of equals the first");
        Assert.That(result.Parameters, Is.EqualTo(seen[1]));
        Assert.That(result.End, Is.EqualTo(TrainingEnd.EpochsDone));
    }

    [Test]
    public void Run_WeightAverage_IsWhatIsEvaluatedAndKept()
    {
        float[] evaluated = [];
        SoftmaxProblem Problem() => new()
        {
            OnEvaluate = parameters =>
            {
                evaluated = parameters;
                return null;
            },
        };
        float[] averaged = Run(Problem(), Options with { WeightAverageDecay = 0.9 }).Parameters;
        Assert.That(averaged, Is.EqualTo(evaluated));
        Assert.That(averaged, Is.Not.EqualTo(Run(Problem(), Options).Parameters));
        // With a decay of 0 the average is the last weights.
        float[] last = Run(Problem(), Options with { WeightAverageDecay = 0 }).Parameters;
        Assert.That(last.Zip(Run(Problem(), Options).Parameters, (a, b) => Math.Abs(a - b)).Max(), Is.LessThan(1e-6));
    }

    [Test]
    public void Run_CancelledBeforeAnEvaluation_GivesTheWeightsReached()
    {
        using CancellationTokenSource source = new();
        SoftmaxProblem problem = new(heldOut: 8)
        {
            OnGradient = step =>
            {
                if (step.Step == 2)
                    source.Cancel();
                return 0;
            },
        };
        TrainingResult result = Run(problem, Options with { CancellationToken = source.Token });
        Assert.That((result.End, result.StepCount, result.BestEpoch), Is.EqualTo((TrainingEnd.Cancelled, 3L, (int?)null)));
        Assert.That(result.Parameters, Has.Some.Not.Zero);
    }

    [Test]
    public void Run_CancelledLater_GivesTheBestSoFar()
    {
        using CancellationTokenSource source = new();
        List<float[]> seen = [];
        SoftmaxProblem problem = new()
        {
            OnEvaluate = parameters =>
            {
                seen.Add(parameters);
                if (seen.Count == 3)
                    source.Cancel();
                return new HeldOut(seen.Count == 2 ? 1 : 2);
            },
        };
        TrainingResult result = Run(problem, Options with { CancellationToken = source.Token });
        Assert.That((result.End, result.BestEpoch, result.History.Count), Is.EqualTo((TrainingEnd.Cancelled, (int?)1, 3)));
        Assert.That(result.Parameters, Is.EqualTo(seen[1]));
    }

    [Test]
    public void Run_CancelledAlready_GivesTheStart()
    {
        SoftmaxProblem problem = new();
        TrainingResult result = Run(problem, Options with { CancellationToken = new CancellationToken(canceled: true) });
        Assert.That((result.End, result.StepCount), Is.EqualTo((TrainingEnd.Cancelled, 0L)));
        Assert.That(result.Parameters, Is.EqualTo(problem.Start()));
    }

    [Test]
    public void Run_GradientNotFinite_NamesStepTensorAndAdvice([Values(null, 1.0)] double? clip) => Assert.That(
        () => Run(new SoftmaxProblem { BadStep = 7 }, Options with { GradientClipNorm = clip, Schedule = LearningRateSchedule.Constant() }),
        Throws.InstanceOf<NotFiniteNumberException>().With.Message.Contains("step 8 (epoch 2)").And.Message.Contains("'bias'").And.Message.Contains("learning rate was 0.05")
            .And.Message.Contains("below 0.05").And.Message.Contains("GradientClipNorm").And.Message.Contains("features"));

    [Test]
    public void Run_LossNotFinite_SaysThatGradientsWere([Values(null, 1.0)] double? clip) => Assert.That(
        () => Run(new SoftmaxProblem { OnGradient = step => step.Step == 3 ? double.NaN : 0 }, Options with { GradientClipNorm = clip }),
        Throws.InstanceOf<NotFiniteNumberException>().With.Message.Contains("step 4 (epoch 1)").And.Message.Contains("the loss is NaN").And.Message.Contains("every gradient is finite"));

    [Test]
    public void Step_NotFinite_LeavesWeightsAndOptimizerUntouched()
    {
        SoftmaxProblem problem = new() { BadStep = 1 };
        ParameterUpdater updater = ParameterUpdater.Create(Optimizer.AdamW(), problem.Layout);
        StepRunner runner = new(problem, problem.Layout, Options, new BatchPlanner(problem, Options), updater, problem.Start());
        float[] parameters = problem.Layout.Allocate();
        runner.Run(parameters, [0, 1, 2], step: 0, epoch: 0, learningRate: 0.1);
        float[] before = [.. parameters];
        float[] moment = [.. updater.Moments[0]];
        Assert.That(() => runner.Run(parameters, [3, 4, 5], step: 1, epoch: 0, learningRate: 0.1), Throws.InstanceOf<NotFiniteNumberException>());
        Assert.That(parameters, Is.EqualTo(before));
        Assert.That(updater.Moments[0], Is.EqualTo(moment));
        Assert.That(updater.StepCounts, Is.All.EqualTo(1));
    }

    [Test]
    public void Run_LearningRateAbsurd_EndsInTheMessageThatSaysSo([Values(true, false)] bool isAdamW) => Assert.That(
        () => Run(new SoftmaxProblem(), Options with { LearningRate = 1e300, Optimizer = isAdamW ? Optimizer.AdamW() : Optimizer.Sgd(), Schedule = LearningRateSchedule.Constant() }),
        Throws.InstanceOf<NotFiniteNumberException>().With.Message.Contains("1E+300"));

    [Test]
    public void Run_LastStepBreaksTheWeights_IsNoticed() => Assert.That(
        () => Run(new SoftmaxProblem(), Options with { EpochCount = 1, BatchSize = 40, LearningRate = 1e300, Schedule = LearningRateSchedule.Constant() }),
        Throws.InstanceOf<NotFiniteNumberException>().With.Message.Contains("'weight'").And.Message.Contains("after its last step"));

    [Test]
    public void Run_HeldOutLossNotFinite_SaysSo() => Assert.That(
        () => Run(new SoftmaxProblem { OnEvaluate = _ => new HeldOut(double.NaN) }, Options),
        Throws.InstanceOf<NotFiniteNumberException>().With.Message.Contains("rows held out").And.Message.Contains("epoch 1"));

    [Test]
    public void Run_NoRows_IsAnError() =>
        Assert.That(() => Run(new SoftmaxProblem(rows: 0), Options), Throws.ArgumentException.With.Message.Contains("no training rows"));

    [Test]
    public void Run_AllWeightsZero_IsAnError() =>
        Assert.That(() => Run(new SoftmaxProblem { Weight = _ => 0 }, Options), Throws.ArgumentException.With.Message.Contains("None of the 40 training rows"));

    [Test]
    public void Run_OneRow_Trains()
    {
        TrainingResult result = Run(new SoftmaxProblem(rows: 1), Options);
        Assert.That(result.StepCount, Is.EqualTo(5));
        Assert.That(result.History[^1].TrainingLoss, Is.LessThan(result.History[0].TrainingLoss));
    }

    [Test]
    public void Run_EarlyStoppingWithoutHeldOutRows_NamesTheOptions() => Assert.That(
        () => Run(new SoftmaxProblem(), Options with { EarlyStopping = new EarlyStopping() }),
        Throws.ArgumentException.With.Message.Contains("EarlyStopping").And.Message.Contains("HeldOutFraction"));

    [Test]
    public void Run_ByMetricWithoutOne_NamesTheOption() => Assert.That(
        () => Run(new SoftmaxProblem { OnEvaluate = _ => new HeldOut(1) }, Options with { SelectionCriterion = SelectionCriterion.Metric }),
        Throws.ArgumentException.With.Message.Contains("SelectionCriterion"));

    [Test]
    public void Run_StartUnfit_SaysHow()
    {
        SoftmaxProblem problem = new();
        Assert.That(() => TrainingLoop.Run(problem, problem.Layout, new float[3], Options), Throws.ArgumentException.With.Message.Contains("3 numbers").And.Message.Contains("32"));
        float[] start = problem.Start();
        start[problem.Layout.Tensors[1].Offset] = float.NaN;
        Assert.That(() => TrainingLoop.Run(problem, problem.Layout, start, Options), Throws.ArgumentException.With.Message.Contains("'bias'"));
        Assert.That(() => TrainingLoop.Run(problem, new ParameterLayout([]), [], Options), Throws.ArgumentException.With.Message.Contains("frozen"));
        Assert.That(() => TrainingLoop.Run(problem, problem.Layout, problem.Start(), Options with { Seed = null }), Throws.ArgumentException.With.Message.Contains("Seed"));
    }

    [Test]
    public void Run_Progress_TellsOfEachStepAndEpoch()
    {
        List<TrainingProgress> reports = [];
        SoftmaxProblem problem = new(rows: 20, heldOut: 5);
        TrainingResult result = Run(problem, Options with { EpochCount = 2, BatchSize = 8, Progress = new Collector(reports) });
        Assert.That(reports.Select(r => (r.Epoch, r.Step, r.HeldOutLoss is not null)), Is.EqualTo(new[]
        {
            (1, 1L, false), (1, 2L, false), (1, 3L, false), (1, 3L, true), (2, 4L, false), (2, 5L, false), (2, 6L, false), (2, 6L, true),
        }));
        Assert.That(reports, Has.All.Property("StepCount").EqualTo(6));
        Assert.That(reports[3].Loss, Is.EqualTo(result.History[0].TrainingLoss));
        Assert.That(reports[3].Metric, Is.InRange(0, 1));
        Assert.That(reports[^1].TimeLeft, Is.EqualTo(TimeSpan.Zero));
        Assert.That(reports[0].TimeLeft, Is.GreaterThan(TimeSpan.Zero));
        Assert.That(reports[0].RowsPerSecond, Is.GreaterThan(0));
        Assert.That(reports[1].LearningRate, Is.EqualTo(0.05 * Options.Schedule.Factor(1, 6)));
    }

    [TestCase(1)]
    [TestCase(3)]
    public void Step_AfterWarmUp_AllocatesNothing(int accumulation)
    {
        long[] marks = new long[200];
        SoftmaxProblem marking = new(rows: 64)
        {
            Length = row => 1 + row % 7,
            OnGradient = step =>
            {
                marks[step.Step] = GC.GetAllocatedBytesForCurrentThread();
                return 0;
            },
        };
        Run(marking, Options with { EpochCount = 1, BatchSize = 1, AccumulationCount = accumulation, WeightAverageDecay = 0.9, L2Sp = 0.1, GradientClipNorm = null });
        int steps = (64 + accumulation - 1) / accumulation;
        double perStep = (marks[steps - 1] - marks[5]) / (steps - 6.0);
        TestContext.Out.WriteLine($"{perStep:F1} bytes a step");
        Assert.That(perStep, Is.LessThanOrEqualTo(16));
    }

    private static TrainingResult Run(SoftmaxProblem problem, TrainingOptions options) => TrainingLoop.Run(problem, problem.Layout, problem.Start(), options);

    private sealed class Collector(List<TrainingProgress> reports) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => reports.Add(value);
    }
}
