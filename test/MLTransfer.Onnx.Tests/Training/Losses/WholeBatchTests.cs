using MLTransfer.Onnx.Tests.Training.Graphs;
using MLTransfer.Onnx.Training;
using MLTransfer.Onnx.Training.Losses;

namespace MLTransfer.Onnx.Tests.Training.Losses;

/// <summary>Losses that compare the rows of a batch: one run on all threads, and nothing that cuts a batch.</summary>
internal sealed class WholeBatchTests
{
    private static readonly TrainingLoss[] Losses = [new RelationalDistanceLoss(), new RelationalAngleLoss(), new SimilarityDivergenceLoss(0.2)];

    private static readonly TrainingOptions Options = new() { EpochCount = 2, BatchSize = 8, Seed = 3 };

    [TestCaseSource(nameof(Losses))]
    public void Gradient_OnThreeThreads_IsThatOnOne(TrainingLoss loss)
    {
        // So wide that a loss by row would be run in three shards.
        using var one = new TinyTraining(hidden: 150_000, loss: loss);
        using var three = new TinyTraining(hidden: 150_000, threadCount: 3, loss: loss);
        int[] rows = [.. Enumerable.Range(0, 31)];
        var step = new StepInfo(0, 0, 0, 3, rows.Length);
        float[] expected = one.Layout.Allocate(), found = three.Layout.Allocate();
        double expectedLoss = one.Problem.Gradient(rows, step, one.Start, expected);
        double foundLoss = three.Problem.Gradient(rows, step, three.Start, found);
        Assert.That(three.Problem.ShardCount, Is.EqualTo(1));
        Assert.That(expectedLoss, Is.GreaterThan(1e-3));
        Assert.That(foundLoss, Is.EqualTo(expectedLoss).Within(1e-5 * expectedLoss));
        Assert.That(expected.Max(MathF.Abs), Is.GreaterThan(1e-5f));
        Assert.That(found.Zip(expected, (f, e) => Math.Abs(f - e)).Max(), Is.LessThan(1e-5 * expected.Max(MathF.Abs)));
    }

    [Test]
    public void Train_OnRelations_LearnsThem()
    {
        // The teacher's rows of one class are one point, so the student's come together.
        using var tiny = new TinyTraining(loss: new RelationalDistanceLoss());
        TrainingResult result = TrainingLoop.Run(tiny.Problem, tiny.Layout, tiny.Start, Options with { EpochCount = 20, BatchSize = 20, LearningRate = 0.02 });
        Assert.That(result.History[^1].TrainingLoss, Is.LessThan(result.History[0].TrainingLoss / 2));
    }

    [Test]
    public void Gradient_OfALaterMicroBatch_IsRefused()
    {
        using var tiny = new TinyTraining(loss: new RelationalDistanceLoss());
        Assert.That(() => tiny.Problem.Gradient([0, 1], new StepInfo(0, 0, 1, 3, 4), tiny.Start, tiny.Layout.Allocate()), Throws.InvalidOperationException.With.Message.Contains("micro-batch 2"));
    }

    [Test]
    public void Train_WithAccumulation_NamesTheOption()
    {
        using var tiny = new TinyTraining(loss: new CombinedLoss([new LossTerm(new RelationalDistanceLoss(), 0, 3, 0, 3, 0)]));
        Assert.That(
            () => TrainingLoop.Run(tiny.Problem, tiny.Layout, tiny.Start, Options with { AccumulationCount = 2 }),
            Throws.ArgumentException.With.Message.Contains(nameof(TrainingOptions.AccumulationCount)).And.Message.Contains("2 batches"));
    }

    [Test]
    public void Train_LengthBudgetThatCouldCut_NamesBatchSizeAndWhatFits()
    {
        SoftmaxProblem problem = new() { NeedsWholeBatch = true, Length = row => 1 + row % 5 };
        Assert.That(
            () => TrainingLoop.Run(problem, problem.Layout, problem.Start(), Options, lengthBudget: 39),
            Throws.ArgumentException.With.Message.Contains(nameof(TrainingOptions.BatchSize)).And.Message.Contains("40 places").And.Message.Contains("to 7 or less"));
        Assert.That(() => TrainingLoop.Run(problem, problem.Layout, problem.Start(), Options, lengthBudget: 40), Throws.Nothing);
    }

    [Test]
    public void Train_UnequalLengthsWithoutMask_SaysWhichLengths()
    {
        SoftmaxProblem problem = new() { NeedsWholeBatch = true, EqualLengthsOnly = true, Length = row => 2 + row % 3 };
        Assert.That(() => TrainingLoop.Run(problem, problem.Layout, problem.Start(), Options), Throws.ArgumentException.With.Message.Contains("2 to 4").And.Message.Contains("no mask"));
        SoftmaxProblem equal = new() { NeedsWholeBatch = true, EqualLengthsOnly = true, Length = _ => 2 };
        Assert.That(() => TrainingLoop.Run(equal, equal.Layout, equal.Start(), Options), Throws.Nothing);
    }
}
