using MLTransfer.Onnx.Training;

namespace MLTransfer.Onnx.Tests.Training;

internal sealed class BatchPlannerTests
{
    [Test]
    public void Plan_AnySize_HoldsEveryRowOnce(
        [Values(1, 2, 3, 7, 64, 65, 1_001)] int rows, [Values(1, 3, 8)] int batchSize, [Values(1, 2)] int accumulation, [Values] bool hasLengths)
    {
        BatchPlanner planner = Planner(rows, batchSize, accumulation, hasLengths);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            int[] plan = planner.Plan(epoch);
            List<int> seen = [];
            for (int step = 0; step < planner.StepsPerEpoch; step++)
            {
                ReadOnlySpan<int> batch = planner.StepRows(plan, step);
                Assert.That(batch.Length, step < planner.StepsPerEpoch - 1 ? Is.EqualTo(planner.RowsPerStep) : Is.InRange(1, planner.RowsPerStep), "only the last batch is smaller");
                seen.AddRange(batch);
            }
            Assert.That(seen.Order(), Is.EqualTo(Enumerable.Range(0, rows)));
        }
    }

    [TestCase(null)]
    [TestCase(30)]
    public void MicroBatch_EqualLengthsOnly_HoldsRowsOfOneLength(int? budget)
    {
        var problem = new SoftmaxProblem(rows: 90) { Length = row => 1 + row % 4, EqualLengthsOnly = true };
        BatchPlanner planner = new(problem, new TrainingOptions { BatchSize = 32, Seed = 1 }, budget);
        int[] plan = planner.Plan(0);
        List<int> seen = [];
        for (int step = 0; step < planner.StepsPerEpoch; step++)
        {
            ReadOnlySpan<int> rows = planner.StepRows(plan, step);
            while (rows.Length > 0)
            {
                int count = planner.MicroBatch(rows);
                int[] together = rows[..count].ToArray();
                Assert.That(together.Select(problem.LengthOf).Distinct(), Has.One.Items);
                Assert.That(together.Sum(problem.LengthOf), Is.LessThanOrEqualTo(budget ?? int.MaxValue));
                seen.AddRange(together);
                rows = rows[count..];
            }
        }
        Assert.That(seen.Order(), Is.EqualTo(Enumerable.Range(0, 90)));
    }

    [Test]
    public void Plan_AnEpochAlone_IsTheSameAsAfterOthers()
    {
        BatchPlanner used = Planner(500, 8, 1, hasLengths: true);
        for (int epoch = 0; epoch < 5; epoch++)
            used.Plan(epoch);
        Assert.That(Planner(500, 8, 1, hasLengths: true).Plan(5), Is.EqualTo(used.Plan(5)));
        Assert.That(used.Plan(5), Is.Not.EqualTo(used.Plan(4)));
        Assert.That(Planner(500, 8, 1, hasLengths: true, seed: 2).Plan(5), Is.Not.EqualTo(used.Plan(5)));
    }

    [Test]
    public void Plan_LengthsDiffer_PutsAlikeRowsTogether()
    {
        const int rows = 4_000;
        static int Length(int row) => 5 + row * 7919 % 120;
        double Padding(bool bucketed)
        {
            SoftmaxProblem problem = new(rows) { Length = bucketed ? Length : _ => 1 };
            BatchPlanner planner = new(problem, new TrainingOptions { BatchSize = 16, Seed = 1 });
            int[] plan = planner.Plan(0);
            double padded = 0;
            for (int step = 0; step < planner.StepsPerEpoch; step++)
            {
                int[] batch = planner.StepRows(plan, step).ToArray();
                padded += batch.Max(Length) * batch.Length;
            }
            return padded / Enumerable.Range(0, rows).Sum(Length);
        }

        Assert.That(Padding(bucketed: true), Is.LessThan(1.05));
        Assert.That(Padding(bucketed: false), Is.GreaterThan(1.5));
    }

    [Test]
    public void Plan_LengthsDiffer_StillShufflesBatches()
    {
        // 1,250 batches of 8 in windows of 50: the mean length of the first quarter of an epoch must be that of the whole.
        static int Length(int row) => 1 + row % 100;
        SoftmaxProblem problem = new(10_000) { Length = Length };
        BatchPlanner planner = new(problem, new TrainingOptions { BatchSize = 8, Seed = 3 });
        int[] plan = planner.Plan(0);
        Assert.That(plan.Take(2_500).Average(r => Length(r)), Is.EqualTo(50.5).Within(5));
        double[] means = [.. Enumerable.Range(0, planner.StepsPerEpoch).Select(s => planner.StepRows(plan, s).ToArray().Average(r => Length(r)))];
        Assert.That(means.Zip(means.Skip(1), (a, b) => a < b).Count(rises => rises), Is.InRange(500, 750), "batches do not come in the order of their lengths");
    }

    [Test]
    public void Plan_SmallLastBatch_IsNotAlwaysTheLongest()
    {
        SoftmaxProblem problem = new(33) { Length = row => row };
        BatchPlanner planner = new(problem, new TrainingOptions { BatchSize = 8, Seed = 3 });
        int[] lasts = [.. Enumerable.Range(0, 40).Select(e => planner.Plan(e)[^1])];
        Assert.That(lasts.Average(), Is.InRange(8, 24));
        Assert.That(lasts.Distinct().Count(), Is.GreaterThan(3));
    }

    [Test]
    public void MicroBatch_Budget_BoundsLongestTimesRows()
    {
        SoftmaxProblem problem = new(300) { Length = row => row % 40 + 1 };
        BatchPlanner planner = new(problem, new TrainingOptions { BatchSize = 16, Seed = 3 }, lengthBudget: 64);
        int[] plan = planner.Plan(0);
        int longRows = 0;
        for (int step = 0; step < planner.StepsPerEpoch; step++)
        {
            ReadOnlySpan<int> left = planner.StepRows(plan, step);
            while (!left.IsEmpty)
            {
                int count = planner.MicroBatch(left);
                int[] rows = left[..count].ToArray();
                Assert.That(count, Is.InRange(1, 16));
                Assert.That(rows.Max(r => problem.Length(r)) * count, Is.LessThanOrEqualTo(64));
                longRows += rows.Count(r => problem.Length(r) > 32);
                left = left[count..];
            }
        }
        Assert.That(longRows, Is.GreaterThan(0));
        Assert.That(new BatchPlanner(problem, new TrainingOptions { Seed = 3 }, lengthBudget: 1).MicroBatch([39, 38]), Is.EqualTo(1), "a row beyond the budget comes alone");
    }

    [Test]
    public void Plan_RowsOfWeightZero_AreLeftOut()
    {
        SoftmaxProblem problem = new(10) { Weight = row => row % 2 };
        Assert.That(new BatchPlanner(problem, new TrainingOptions { Seed = 1 }).Plan(0).Order(), Is.EqualTo(new[] { 1, 3, 5, 7, 9 }));
    }

    [TestCase(-1)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Plan_WeightInvalid_NamesTheRow(double weight)
    {
        SoftmaxProblem problem = new(10) { Weight = row => row == 7 ? weight : 1 };
        Assert.That(() => new BatchPlanner(problem, new TrainingOptions { Seed = 1 }), Throws.ArgumentException.With.Message.Contains("row 7"));
    }

    private static BatchPlanner Planner(int rows, int batchSize, int accumulation, bool hasLengths, int seed = 1) => new(
        new SoftmaxProblem(rows) { Length = hasLengths ? row => 1 + row * 31 % 17 : _ => 1 },
        new TrainingOptions { BatchSize = batchSize, AccumulationCount = accumulation, Seed = seed });
}
