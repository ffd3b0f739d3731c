using MLTransfer.Onnx.Training;

namespace MLTransfer.Onnx.Tests.Training;

internal sealed class LearningRateFinderTests
{
    private static readonly TrainingOptions Options = new() { Seed = 1, Optimizer = Optimizer.Sgd(momentum: 0), WeightDecay = 0, GradientClipNorm = null };

    [TestCase(0.1)]
    [TestCase(1)]
    [TestCase(50)]
    public void Find_QuadraticOfKnownCurvature_SuggestsARateThatConverges(double curvature)
    {
        // Gradient descent on c/2 · θ² converges below 2/c and diverges above; it is fastest at 1/c.
        Quadratic problem = new(curvature);
        float[] start = [1, .. new float[ParameterLayout.Alignment - 1]];
        LearningRateSweep sweep = LearningRateFinder.Find(problem, problem.Layout, start, Options, minimumRate: 1e-5, maximumRate: 1e3, stepCount: 200);
        TestContext.Out.WriteLine($"curvature {curvature}: {sweep.Suggestion:G3} (stable below {2 / curvature:G3}), {sweep.Rates.Count} of 200 steps");
        Assert.That(sweep.Suggestion, Is.InRange(0.01 / curvature, 2 / curvature));
        Assert.That(sweep.Rates, Has.Count.EqualTo(sweep.Losses.Count).And.Count.LessThan(200), "it stopped when the loss exploded");
        Assert.That(sweep.Rates, Is.Ordered);
        Assert.That(start[0], Is.EqualTo(1f), "the weights are left alone");
    }

    [Test]
    public void Find_SameSeed_FindsTheSame()
    {
        SoftmaxProblem problem = new(rows: 100);
        LearningRateSweep Sweep() => LearningRateFinder.Find(problem, problem.Layout, problem.Start(), Options with { Optimizer = Optimizer.AdamW(), BatchSize = 8 });
        LearningRateSweep first = Sweep();
        Assert.That(Sweep().Losses, Is.EqualTo(first.Losses));
        double Loss(double rate) => TrainingLoop.Run(
            problem, problem.Layout, problem.Start(), Options with { EpochCount = 3, BatchSize = 8, Optimizer = Optimizer.AdamW(), LearningRate = rate }).History[^1].TrainingLoss;
        Assert.That(Loss(first.Suggestion), Is.LessThan(Loss(first.Suggestion / 300)), "a far smaller rate is worse");
    }

    [Test]
    public void Find_NothingFalls_SaysSo()
    {
        Quadratic problem = new(1);
        Assert.That(
            () => LearningRateFinder.Find(problem, problem.Layout, problem.Layout.Allocate(), Options),
            Throws.InvalidOperationException.With.Message.Contains("lowers the loss").And.Message.Contains("labels"));
    }

    [Test]
    public void Find_LossNotFiniteAtTheStart_IsTheStepsError()
    {
        SoftmaxProblem problem = new() { OnGradient = _ => double.NaN };
        Assert.That(() => LearningRateFinder.Find(problem, problem.Layout, problem.Start(), Options), Throws.InstanceOf<NotFiniteNumberException>().With.Message.Contains("step 1"));
    }

    [TestCase(0, 1)]
    [TestCase(1, 1)]
    [TestCase(1, double.PositiveInfinity)]
    [TestCase(double.NaN, 1)]
    public void Find_RatesUnfit_AreRefused(double minimum, double maximum)
    {
        Quadratic problem = new(1);
        Assert.That(() => LearningRateFinder.Find(problem, problem.Layout, problem.Layout.Allocate(), Options, minimum, maximum), Throws.ArgumentException.With.Message.Contains("sweep"));
    }

    private sealed class Quadratic(double curvature) : ITrainingProblem
    {
        public ParameterLayout Layout { get; } = new([new TrainedTensor("theta", [1])]);

        public int RowCount => 1;

        public int LengthOf(int row) => 1;

        public double WeightOf(int row) => 1;

        public double Gradient(ReadOnlySpan<int> rows, in StepInfo step, ReadOnlySpan<float> parameters, Span<float> gradient)
        {
            gradient[0] = (float)(curvature * parameters[0]);
            return curvature / 2 * parameters[0] * parameters[0];
        }

        public HeldOut? Evaluate(ReadOnlySpan<float> parameters, CancellationToken cancellationToken) => null;
    }
}
