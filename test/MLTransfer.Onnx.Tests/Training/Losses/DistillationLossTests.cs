using System.Text.Json;
using MLTransfer.Onnx.Training.Losses;
using MLTransfer.Testing;

namespace MLTransfer.Onnx.Tests.Training.Losses;

/// <summary>Against PyTorch in double precision (Golden/make_distillation.py), and each gradient against finite differences of its own loss.</summary>
internal sealed class DistillationLossTests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    // Single precision against double, over some dozens of operations; logarithms of small shares and differences of near rows lose a digit.
    private const double Tolerance = 1e-5;

    private static readonly Golden Numbers = Read();

    private static IEnumerable<TestCaseData> Cases() => Numbers.Cases.Select(c => new TestCaseData(c).SetArgDisplayNames(c.Name));

    // Where two rows are the same, an angle has no slope.
    private static IEnumerable<TestCaseData> SmoothCases() => Numbers.Cases
        .Where(c => !c.Name.EndsWith("same", StringComparison.Ordinal) && c.Name is not ("angle-duplicates" or "similarity-empty-row")).Select(c => new TestCaseData(c).SetArgDisplayNames(c.Name));

    [TestCaseSource(nameof(Cases))]
    public void LossAndGradient_AgreeWithPyTorch(GoldenLoss golden)
    {
        using var problem = new BatchProblem(Make(golden), golden.X, golden.T, golden.Weights);
        (double found, float[] gradient) = problem.Measure();
        Assert.That(found, Is.EqualTo(golden.Loss).Within(Tolerance * Math.Max(0.1, golden.Loss)));
        Assert.That(gradient, Is.EqualTo(golden.Gradient).Within(Tolerance * Math.Max(0.1, golden.Gradient.Max(MathF.Abs))));
    }

    [TestCaseSource(nameof(SmoothCases))]
    public void Gradient_AgreesWithFiniteDifferences(GoldenLoss golden)
    {
        using var problem = new BatchProblem(Make(golden), golden.X, golden.T, golden.Weights);
        float[] gradient = problem.Measure().Gradient;
        float[] moved = [.. golden.X];
        for (int i = 0; i < moved.Length; i++)
        {
            const float step = 5e-3f;
            moved[i] = golden.X[i] + step;
            double above = problem.Measure(moved).Loss;
            moved[i] = golden.X[i] - step;
            double below = problem.Measure(moved).Loss;
            moved[i] = golden.X[i];
            // Rounding of L over the step, 1e-7 · L / 1e-2, and the step's square times the third derivative.
            Assert.That(gradient[i], Is.EqualTo((above - below) / (2 * step)).Within(1e-4 * Math.Max(1, golden.Loss) + 5e-3 * golden.Gradient.Max(MathF.Abs)), $"component {i}");
        }
    }

    [Test]
    public void Hinton_OfTwoClasses_IsThatOfTheFormulaWithTheSquareOfTheTemperature()
    {
        // q = (¾, ¼), p = (½, ½): 4 · (¾ · ln 1.5 + ¼ · ln 0.5), gradient 2 · (p − q).
        using var problem = new BatchProblem(new HintonLoss(2), [0, 0], [2 * MathF.Log(3), 0], [1]);
        (double loss, float[] gradient) = problem.Measure();
        Assert.That(loss, Is.EqualTo(4 * 0.1308120).Within(1e-6));
        Assert.That(gradient, Is.EqualTo(new[] { -0.5f, 0.5f }).Within(1e-6f));
    }

    [Test]
    public void Hinton_Hot_IsHalfTheMeanSquaredErrorOfCentredLogits()
    {
        // Section 2.1 of the paper; without T² it would be a ten-thousandth.
        using var problem = new BatchProblem(new HintonLoss(100), [1, -1, 0], [0.5f, 0, -0.5f], [1]);
        Assert.That(problem.Measure().Loss, Is.EqualTo((0.25 + 1 + 0.25) / 6).Within(2e-3));
    }

    [Test]
    public void BinaryHinton_OfOneLogit_IsHintonOfTheLogitAndZero()
    {
        using var binary = new BatchProblem(new BinaryHintonLoss(3), [0.7f, -2], [1.5f, 4], [1, 2]);
        using var both = new BatchProblem(new HintonLoss(3), [0.7f, 0, -2, 0], [1.5f, 0, 4, 0], [1, 2]);
        (double loss, float[] gradient) = binary.Measure();
        Assert.That(loss, Is.EqualTo(both.Measure().Loss).Within(1e-6));
        Assert.That(gradient[1], Is.EqualTo(both.Measure().Gradient[2]).Within(1e-6));
    }

    [Test]
    public void Decoupled_WithTheTeachersDoubtAsBeta_IsHinton()
    {
        // α = 1, β = 1 − q_y takes the decoupling back: the paper's equation 6.
        float[] student = [1, -0.5f, 2], teacher = [3, 1, 0.5f];
        double[] powers = [.. teacher.Select(t => Math.Exp(t / 2))];
        double doubt = 1 - powers[1] / powers.Sum();
        using var decoupled = new BatchProblem(new DecoupledLoss(1, doubt, 2), student, [.. teacher, 0, 1, 0], [1]);
        using var hinton = new BatchProblem(new HintonLoss(2), student, teacher, [1]);
        Assert.That(decoupled.Measure().Loss, Is.EqualTo(hinton.Measure().Loss).Within(1e-6));
        Assert.That(decoupled.Measure().Gradient, Is.EqualTo(hinton.Measure().Gradient).Within(1e-6));
    }

    [Test]
    public void Losses_WhereStudentAndTeacherAgree_AreZeroWithAZeroGradient()
    {
        float[] logits = [0.3f, -1, 2, 0, 15, -15, 4, 4, 4.5f];
        float[] labelled = [0.3f, -1, 2, 1, 0, 0, 0, 15, -15, 0, 0, 1, 4, 4, 4.5f, 0, 1, 0];
        foreach (TrainingLoss loss in (TrainingLoss[])[new HintonLoss(3), new BinaryHintonLoss(3), new DecoupledLoss(1, 8, 3), new HintLoss(), new RelationalDistanceLoss(), new RelationalAngleLoss(),
            new SimilarityDivergenceLoss(0.1)])
        {
            using var problem = new BatchProblem(loss, logits, loss is DecoupledLoss ? labelled : logits, [1, 1, 1]);
            (double found, float[] gradient) = problem.Measure();
            Assert.That(found, Is.Zero.Within(1e-6), $"{loss}");
            Assert.That(gradient, Is.All.Zero.Within(1e-6), $"{loss}");
        }
    }

    [TestCase(200f)]
    [TestCase(-200f)]
    [TestCase(0f)]
    public void Losses_OfExtremePredictions_AreFinite(float logit)
    {
        foreach (TrainingLoss loss in (TrainingLoss[])[new HintonLoss(1), new HintonLoss(0.1), new BinaryHintonLoss(1), new DecoupledLoss(1, 8, 1), new HintLoss(), new RelationalDistanceLoss(),
            new RelationalAngleLoss(), new SimilarityDivergenceLoss(0.05), new CosineLoss()])
        {
            float[] targets = loss is DecoupledLoss ? [-logit, 0, 1, 0, 0, logit, 0, 0, logit, logit, 0, 1] : [-logit, 0, 0, logit, logit, logit];
            using var problem = new BatchProblem(loss, [logit, 0, 0, 0, 0, 0], targets, [1, 1, 1]);
            (double found, float[] gradient) = problem.Measure();
            Assert.That(double.IsFinite(found) && gradient.All(g => MathF.Abs(g) < 1e4), Is.True, $"{loss}: {found}, {string.Join(' ', gradient)}");
        }
    }

    [Test]
    public void Cosine_OfRowsOfLengthOne_IsHalfTheSquaredDistance()
    {
        float[] student = [0.6f, 0.8f, 0, 1], teacher = [1, 0, 0.8f, -0.6f];
        using var problem = new BatchProblem(new CosineLoss(), student, teacher, [1, 1]);
        Assert.That(problem.Measure().Loss, Is.EqualTo((0.4 + 1.6) / 2).Within(1e-6));
    }

    [Test]
    public void Cosine_OfAnEmptyRow_IsOneAndTheOthersLearnAsWithoutIt()
    {
        using var problem = new BatchProblem(new CosineLoss(), [0, 0, 1, 2], [1, 0, 0, 1], [1, 1]);
        using var alone = new BatchProblem(new CosineLoss(), [1, 2], [0, 1], [1]);
        (double loss, float[] gradient) = problem.Measure();
        Assert.That(loss, Is.EqualTo((1 + alone.Measure().Loss) / 2).Within(1e-6));
        Assert.That(gradient[..2], Is.All.Zero);
        Assert.That(gradient[2..], Is.EqualTo(alone.Measure().Gradient.Select(g => g / 2)).Within(1e-6f));
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Losses_OfATemperatureThatIsNone_NameIt(double temperature)
    {
        foreach (Action make in (Action[])[() => _ = new HintonLoss(temperature), () => _ = new BinaryHintonLoss(temperature), () => _ = new DecoupledLoss(1, 1, temperature),
            () => _ = new SimilarityDivergenceLoss(temperature)])
            Assert.That(make, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("Temperature").And.Message.Contains("above 0"));
    }

    [Test]
    public void Decoupled_OfNegativeWeights_NamesThem()
    {
        Assert.That(() => new DecoupledLoss(-1, 1, 1), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("Alpha"));
        Assert.That(() => new DecoupledLoss(1, double.NaN, 1), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("Beta"));
        Assert.That(() => new DecoupledLoss(0, 0, 1), Throws.Nothing);
    }

    [Test]
    public void Decoupled_WithoutOneHotTruth_SaysHowWideTheTargetMustBe() => Assert.That(
        () => new BatchProblem(new DecoupledLoss(1, 1, 1), [1, 2, 3], [1, 2, 3], [1]), Throws.ArgumentException.With.Message.Contains("3 columns").And.Message.Contains("of 6"));

    private static TrainingLoss Make(GoldenLoss golden) => golden.Kind switch
    {
        "hinton" => new HintonLoss(golden.Temperature),
        "binary-hinton" => new BinaryHintonLoss(golden.Temperature),
        "decoupled" => new DecoupledLoss(golden.Alpha, golden.Beta, golden.Temperature),
        "hint" => new HintLoss(),
        "distance" => new RelationalDistanceLoss(),
        "angle" => new RelationalAngleLoss(),
        "similarity" => new SimilarityDivergenceLoss(golden.Temperature),
        _ => throw new InvalidDataException($"The numbers have an unknown loss '{golden.Kind}'."),
    };

    private static Golden Read() => JsonSerializer.Deserialize<Golden>(
        File.ReadAllText(Path.Combine(Assets.RepositoryRoot, "test", "MLTransfer.Onnx.Tests", "Training", "Golden", "distillation.json")), Json)!;

    internal sealed record Golden(GoldenLoss[] Cases);

    internal sealed record GoldenLoss(string Name, string Kind, float[] X, float[] T, double[] Weights, double Loss, float[] Gradient, double Temperature, double Alpha, double Beta);
}
