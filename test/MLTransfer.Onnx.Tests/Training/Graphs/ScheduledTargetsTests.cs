using MLTransfer.Onnx.Tests.Training.Losses;
using MLTransfer.Onnx.Training;
using MLTransfer.Onnx.Training.Graphs;
using MLTransfer.Onnx.Training.Losses;

namespace MLTransfer.Onnx.Tests.Training.Graphs;

internal sealed class ScheduledTargetsTests
{
    // A teacher's two logits, a label of two classes, the weights of both terms.
    private const int Width = 6;
    private const int RowCount = 30;

    private static readonly CombinedLoss Falling = new(
    [
        new LossTerm(new HintonLoss(2), 0, 2, 0, 2, 4) { Schedule = TermSchedule.Linear(1, 0) },
        new LossTerm(new CrossEntropyLoss(), 0, 2, 2, 2, 5) { Schedule = TermSchedule.Cosine(0.5, 2) },
    ]);

    private static readonly CombinedLoss Constant = new([.. Falling.Terms.Select(t => t with { Schedule = TermSchedule.Constant })]);

    private static readonly TrainingOptions Options = new() { EpochCount = 4, BatchSize = 7, LearningRate = 0.05, Seed = 9 };

    [TestCase(0, 1, 0.5)]
    [TestCase(50, 0.5, 1.25)]
    [TestCase(25, 0.75, 2 - 0.75 * 1.70710678)]
    [TestCase(100, 0, 2)]
    [TestCase(101, 0, 2)]
    public void Factor_RunsFromTheFirstStepToTheLast(int step, double linear, double cosine)
    {
        Assert.That(TermSchedule.Linear(1, 0).Factor(step, 101), Is.EqualTo(linear).Within(1e-8));
        Assert.That(TermSchedule.Cosine(0.5, 2).Factor(step, 101), Is.EqualTo(cosine).Within(1e-8));
        Assert.That(TermSchedule.Constant.Factor(step, 101), Is.EqualTo(1));
    }

    [Test]
    public void Factor_OfOneStep_IsTheStart() => Assert.That(TermSchedule.Linear(0.3, 1).Factor(0, 1), Is.EqualTo(0.3));

    [TestCase(-1)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Schedule_OfAFactorThatIsNone_IsRefused(double factor)
    {
        Assert.That(() => TermSchedule.Linear(factor, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => TermSchedule.Cosine(1, factor), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Fill_MultipliesTheWeightColumnsAlone_AndEachTimeFromThePlainOnes()
    {
        float[] values = [1, 2, 0, 1, 0.5f, 0.25f, 3, 4, 1, 0, 0.8f, 0];
        var source = new ScheduledTargets(new RowSource("target", new MatrixStore(values, Width), [Width]), Width, Falling, stepCount: 5);
        using RowTensor tensor = source.CreateTensor();
        Assert.That(source.InputName, Is.EqualTo("target"));
        foreach (int step in (int[])[0, 4, 2, 0])
        {
            float soft = 1 - step / 4f, hard = step == 0 ? 0.5f : step == 4 ? 2 : 1.25f;
            Assert.That(
                Read(tensor, [1, 0], step),
                Is.EqualTo(new[] { 3, 4, 1, 0, 0.8f * soft, 0, 1, 2, 0, 1, 0.5f * soft, 0.25f * hard }).Within(1e-6f), $"step {step}");
        }
    }

    [Test]
    public void Fill_AllocatesNothing()
    {
        var source = new ScheduledTargets(new RowSource("target", new MatrixStore(Targets(), Width), [Width]), Width, Falling, stepCount: 5);
        using RowTensor tensor = source.CreateTensor();
        int[] rows = [0, 3, 7, 2];
        var step = new StepInfo(2, 0, 0, 0, 1);
        for (int i = 0; i < 5; i++)
            tensor.Fill(rows, 1, step);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            tensor.Fill(rows, 1, step);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void StepCount_IsThatOfTheLoop_WithRowsThatDoNotCount()
    {
        double[] weights = [.. Enumerable.Range(0, RowCount).Select(row => row % 3 == 0 ? 0d : 1d)];
        long last = 0;
        using var problem = new BatchProblem(Falling, Predictions(), Targets(), weights, options: Options);
        TrainingResult result = TrainingLoop.Run(problem.Problem, problem.Layout, problem.Start(), Options with { Progress = new Told(p => last = p.StepCount) });
        Assert.That(BatchPlanner.StepCount(20, Options), Is.EqualTo(12).And.EqualTo(last).And.EqualTo(result.StepCount));
        // The last of twelve steps has the end's factor.
        using RowTensor tensor = problem.Data.TrainingTargets!.CreateTensor();
        Assert.That(Read(tensor, [1], 11)[4], Is.Zero);
        Assert.That(Read(tensor, [1], 10)[4], Is.GreaterThan(0));
    }

    [Test]
    public void Gradient_FollowsTheSchedule_AndEvaluationDoesNot()
    {
        using var scheduled = new BatchProblem(Falling, Predictions(), Targets(), Ones(), options: Options);
        using var plain = new BatchProblem(Constant, Predictions(), Targets(), Ones(), options: Options);
        Assert.That(plain.Data.TrainingTargets, Is.Null);
        long last = BatchPlanner.StepCount(RowCount, Options) - 1;
        using var hard = new BatchProblem(new CombinedLoss([new LossTerm(new CrossEntropyLoss(), 0, 2, 2, 2, 5)]), Predictions(), Targets(), Ones());
        Assert.That(scheduled.Measure(step: last).Loss, Is.EqualTo(2 * hard.Measure().Loss).Within(1e-5));
        float[] start = plain.Start();
        Assert.That(
            scheduled.Problem.Evaluate(start, CancellationToken.None)!.Value.Loss, Is.EqualTo(plain.Problem.Evaluate(start, CancellationToken.None)!.Value.Loss));
        Assert.That(scheduled.Measure(step: 0).Loss, Is.Not.EqualTo(plain.Measure(step: 0).Loss).Within(1e-3));
    }

    [Test]
    public void Train_KilledAndBegunAgain_GivesTheSameBytes()
    {
        string checkpoint = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"schedule-{Guid.NewGuid():N}.checkpoint");
        try
        {
            float[] whole = Train(Falling, Options);
            TrainingOptions resumable = Options with { CheckpointPath = checkpoint, CheckpointEverySteps = 3 };
            // An error leaves without a last checkpoint, as a kill does.
            Assert.That(() => Train(Falling, resumable with { Progress = new Told(p => Die(p.Step)) }), Throws.InstanceOf<TimeoutException>());
            long first = 0;
            float[] resumed = Train(Falling, resumable with { Progress = new Told(p => first = first == 0 ? p.Step : first) });
            Assert.That(first, Is.EqualTo(13), "it goes on behind the checkpoint of step 12");
            Assert.That(resumed, Is.EqualTo(whole));
            Assert.That(Train(Constant, Options), Is.Not.EqualTo(whole), "the schedule matters");
        }
        finally
        {
            File.Delete(checkpoint);
        }

        static void Die(long step)
        {
            if (step == 14)
                throw new TimeoutException();
        }
    }

    private static float[] Train(CombinedLoss loss, TrainingOptions options)
    {
        using var problem = new BatchProblem(loss, Predictions(), Targets(), Ones(), options: options);
        return TrainingLoop.Run(problem.Problem, problem.Layout, problem.Start(), options, dataFingerprint: loss.ToString()).Parameters;
    }

    private static double[] Ones() => [.. Enumerable.Repeat(1d, RowCount)];

    private static float[] Predictions() => GraphRun.Random(RowCount * 2, 1);

    private static float[] Targets()
    {
        float[] logits = GraphRun.Random(RowCount * 2, 2, scale: 3);
        // Every third row has no label.
        return [.. Enumerable.Range(0, RowCount).SelectMany(row => new[] { logits[row * 2], logits[row * 2 + 1], row % 2, 1 - row % 2, 0.8f, row % 3 == 2 ? 0 : 0.5f })];
    }

    private static float[] Read(RowTensor tensor, int[] rows, long step) => tensor.Fill(rows, 1, new StepInfo(step, 0, 0, 0, 1)).GetTensorDataAsSpan<float>().ToArray();

    private sealed class Told(Action<TrainingProgress> told) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => told(value);
    }
}
