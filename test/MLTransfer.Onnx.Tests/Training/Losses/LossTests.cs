using System.Text.Json;
using MLTransfer.Onnx.Training.Losses;
using MLTransfer.Testing;

namespace MLTransfer.Onnx.Tests.Training.Losses;

/// <summary>Against PyTorch in double precision (Golden/make_losses.py), and each gradient against finite differences of its own loss.</summary>
internal sealed class LossTests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    // Single precision against double, over at most a dozen operations.
    private const double Tolerance = 2e-6;

    private static readonly Golden Numbers = Read();

    private static IEnumerable<TestCaseData> Cases() => Numbers.Cases.Select(c => new TestCaseData(c).SetArgDisplayNames(c.Name));

    [TestCaseSource(nameof(Cases))]
    public void LossAndGradient_AgreeWithPyTorch(GoldenLoss golden)
    {
        (TrainingLoss loss, float[] targets, double[] weights) = Make(golden);
        using var problem = new LossProblem(loss, golden.X, targets, weights);
        (double found, float[] gradient) = problem.Measure();
        Assert.That(found, Is.EqualTo(golden.Loss).Within(Tolerance * Math.Max(1, golden.Loss)));
        Assert.That(gradient, Is.EqualTo(golden.Gradient).Within(Tolerance * golden.Gradient.Max(MathF.Abs)));
        Assert.That(golden.Gradient.Max(MathF.Abs), Is.GreaterThan(0.01));
    }

    [TestCaseSource(nameof(Cases))]
    public void Gradient_AgreesWithFiniteDifferences(GoldenLoss golden)
    {
        (TrainingLoss loss, float[] targets, double[] weights) = Make(golden);
        using var problem = new LossProblem(loss, golden.X, targets, weights);
        (_, float[] gradient) = problem.Measure();
        for (int k = 0; k < Numbers.Width; k++)
        {
            const float step = 5e-3f;
            float[] shift = new float[Numbers.Width];
            shift[k] = step;
            double above = problem.LossAt(shift);
            shift[k] = -step;
            double below = problem.LossAt(shift);
            double whole = Enumerable.Range(0, Numbers.Rows).Sum(row => (double)gradient[row * Numbers.Width + k]);
            // Rounding of L over the step, 1e-7 · L / 1e-2, and the step's square.
            Assert.That(whole, Is.EqualTo((above - below) / (2 * step)).Within(3e-4), $"component {k}");
        }
    }

    [Test]
    public void Divergence_WhereBothAgree_IsZeroWithAZeroGradient()
    {
        float[] logits = [0.3f, -1, 2, 0, 5, -5];
        float[] targets = [.. Softmax(logits[..3]), .. Softmax(logits[3..])];
        using var problem = new LossProblem(new DivergenceLoss(), logits, targets, [1, 1]);
        (double loss, float[] gradient) = problem.Measure();
        Assert.That(loss, Is.Zero.Within(1e-7));
        Assert.That(gradient, Is.All.Zero.Within(1e-7));
    }

    [Test]
    public void Divergence_OfAHardTarget_IsFinite()
    {
        using var problem = new LossProblem(new DivergenceLoss(), [1, 2, 3], [0, 1, 0], [1]);
        using var cross = new LossProblem(new CrossEntropyLoss(), [1, 2, 3], [0, 1, 0], [1]);
        Assert.That(problem.Measure().Loss, Is.EqualTo(cross.Measure().Loss).Within(1e-6));
    }

    [TestCase(0.4f, 0.08)]
    [TestCase(-0.4f, 0.08)]
    [TestCase(3f, 1.5 * (3 - 0.75))]
    [TestCase(-3f, 1.5 * (3 - 0.75))]
    public void Huber_IsSquaredInside_AndLinearOutside(float error, double expected)
    {
        using var problem = new LossProblem(new HuberLoss(1.5), [error + 1], [1], [1]);
        (double loss, float[] gradient) = problem.Measure();
        Assert.That(loss, Is.EqualTo(expected).Within(1e-6));
        Assert.That(gradient[0], Is.EqualTo(Math.Clamp(error, -1.5f, 1.5f)).Within(1e-6));
    }

    [Test]
    public void Focal_WithoutGamma_IsCrossEntropy()
    {
        GoldenLoss golden = Numbers.Cases.First(c => c.Name == "cross-entropy");
        using var focal = new LossProblem(new FocalLoss(0), golden.X, golden.T, golden.Weights);
        (double loss, float[] gradient) = focal.Measure();
        Assert.That(loss, Is.EqualTo(golden.Loss).Within(1e-5));
        Assert.That(gradient, Is.EqualTo(golden.Gradient).Within(1e-5));
    }

    [TestCase(200f)]
    [TestCase(-200f)]
    public void Losses_OfExtremePredictions_AreFinite(float logit)
    {
        foreach (TrainingLoss loss in (TrainingLoss[])[new CrossEntropyLoss(), new FocalLoss(2), new FocalLoss(0.5), new DivergenceLoss(), new BinaryCrossEntropyLoss([2, 3]), new BinaryFocalLoss(2),
            new HuberLoss(1), new SquaredErrorLoss(), new CosineLoss()])
        {
            using var problem = new LossProblem(loss, [logit, 0], [1, 0], [1]);
            (double found, float[] gradient) = problem.Measure();
            Assert.That(double.IsFinite(found) && gradient.All(float.IsFinite), Is.True, $"{loss}: {found}, {string.Join(' ', gradient)}");
        }
    }

    [Test]
    public void ClassTargets_OfARowWithoutWeight_AreZero()
    {
        float[] target = [1, 1];
        Assert.That(ClassTargets.Write([1, 0], [0, 3], 0.1, target), Is.Zero);
        Assert.That(target, Is.All.Zero);
    }

    private static (TrainingLoss Loss, float[] Targets, double[] Weights) Make(GoldenLoss golden)
    {
        float[]? positive = golden.Positive?.Select(p => (float)p).ToArray();
        return golden.Name switch
        {
            "cross-entropy" => (new CrossEntropyLoss(), golden.T, golden.Weights),
            "binary" or "binary-weighted" => (new BinaryCrossEntropyLoss(positive), golden.T, golden.Weights),
            "squared" => (new SquaredErrorLoss(), golden.T, golden.Weights),
            "huber" => (new HuberLoss(golden.Parameter), golden.T, golden.Weights),
            "cosine" => (new CosineLoss(), golden.T, golden.Weights),
            "divergence" => (new DivergenceLoss(), golden.T, golden.Weights),
            "focal" or "focal-gentle" => (new FocalLoss(golden.Parameter), golden.T, golden.Weights),
            "binary-focal" => (new BinaryFocalLoss(golden.Parameter, positive), golden.T, golden.Weights),
            "weighted-smoothed" => Smoothed(golden),
            _ => throw new InvalidDataException($"The numbers have an unknown case '{golden.Name}'."),
        };
    }

    private static (TrainingLoss Loss, float[] Targets, double[] Weights) Smoothed(GoldenLoss golden)
    {
        float[] targets = new float[golden.T.Length];
        double[] weights = new double[Numbers.Rows];
        for (int row = 0; row < Numbers.Rows; row++)
            weights[row] = ClassTargets.Write(golden.T.AsSpan(row * Numbers.Width, Numbers.Width), golden.Positive, golden.Parameter, targets.AsSpan(row * Numbers.Width, Numbers.Width));
        return (new CrossEntropyLoss(), targets, weights);
    }

    private static float[] Softmax(float[] logits)
    {
        double[] powers = [.. logits.Select(x => Math.Exp(x))];
        return [.. powers.Select(p => (float)(p / powers.Sum()))];
    }

    private static Golden Read() => JsonSerializer.Deserialize<Golden>(
        File.ReadAllText(Path.Combine(Assets.RepositoryRoot, "test", "MLTransfer.Onnx.Tests", "Training", "Golden", "losses.json")), Json)!;

    internal sealed record Golden(int Rows, int Width, GoldenLoss[] Cases);

    internal sealed record GoldenLoss(string Name, float[] X, float[] T, double[] Weights, double Loss, float[] Gradient, double Parameter, double[]? Positive);
}
