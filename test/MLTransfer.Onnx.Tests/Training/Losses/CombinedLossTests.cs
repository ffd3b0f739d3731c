using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training.Losses;

namespace MLTransfer.Onnx.Tests.Training.Losses;

/// <summary>Weighted sums of losses of slices. Targets here: three logits of a teacher, a one-hot label, two features, the weights of soft loss, hard loss and hint.</summary>
internal sealed class CombinedLossTests
{
    private const int Soft = 8;
    private const int Hard = 9;
    private const int Hint = 10;
    private const int TargetWidth = 11;

    private static readonly float[] Targets =
    [
        2, 0, -1, 1, 0, 0, 0.5f, 1, 0.7f, 0.3f, 2,
        -1, 1, 3, 0, 0, 1, -0.5f, 0, 0.9f, 0, 1,
        0, 0.5f, 0, 0, 0, 0, 2, 2, 0.2f, 0, 0.5f,
    ];

    private static readonly float[] Logits = [0.5f, 1, -1, 2, 0, 0.3f, -0.2f, -0.4f, 1];
    private static readonly double[] Weights = [1, 0.5, 2];

    private static readonly LossTerm SoftTerm = new(new HintonLoss(2), 0, 3, 0, 3, Soft);
    private static readonly LossTerm HardTerm = new(new CrossEntropyLoss(), 0, 3, 3, 3, Hard);

    [Test]
    public void Combined_OfTheWholePrediction_IsTheSumOfItsTerms()
    {
        using var both = new BatchProblem(new CombinedLoss([SoftTerm, HardTerm]), Logits, Targets, Weights);
        using var soft = Alone(new HintonLoss(2), Logits, 0, 3, Soft);
        using var hard = Alone(new CrossEntropyLoss(), Logits, 3, 3, Hard);
        AssertSum(both, soft, hard);
    }

    [Test]
    public void Combined_OfSlices_IsTheSumOfItsTerms()
    {
        // Two features of the student stand behind its logits.
        float[] predictions = [.. Enumerable.Range(0, 3).SelectMany(row => new[] { Logits[row * 3], Logits[row * 3 + 1], Logits[row * 3 + 2], row - 1, 0.5f * row })];
        var loss = new CombinedLoss([SoftTerm, HardTerm, new LossTerm(new HintLoss(), 3, 2, 6, 2, Hint)]);
        using var all = new BatchProblem(loss, predictions, Targets, Weights);
        using var head = new BatchProblem(new CombinedLoss([SoftTerm, HardTerm]), Logits, Targets, Weights);
        using var hint = Alone(new HintLoss(), [.. Enumerable.Range(0, 3).SelectMany(row => predictions[(row * 5 + 3)..(row * 5 + 5)])], 6, 2, Hint);
        (double found, float[] gradient) = all.Measure();
        (double ofHead, float[] logitGradient) = head.Measure();
        (double ofHint, float[] featureGradient) = hint.Measure();
        Assert.That(found, Is.EqualTo(ofHead + ofHint).Within(1e-6));
        float[] expected = [.. Enumerable.Range(0, 3).SelectMany(row => logitGradient[(row * 3)..(row * 3 + 3)].Concat(featureGradient[(row * 2)..(row * 2 + 2)]))];
        Assert.That(gradient, Is.EqualTo(expected).Within(1e-6f));
    }

    [Test]
    public void Combined_RowOfWeightZeroInATerm_LearnsNothingFromIt()
    {
        var loss = new CombinedLoss([SoftTerm, HardTerm]);
        float[] others = [.. Targets];
        // The second and third rows have the weight 0 in the hard term, so their labels do not count; the first one's does.
        (others[TargetWidth + 3], others[2 * TargetWidth + 4]) = (7, 5);
        using var one = new BatchProblem(loss, Logits, Targets, Weights);
        using var other = new BatchProblem(loss, Logits, others, Weights);
        Assert.That(other.Measure(), Is.EqualTo(one.Measure()));
        others[3] = 7;
        using var third = new BatchProblem(loss, Logits, others, Weights);
        Assert.That(third.Measure().Loss, Is.Not.EqualTo(one.Measure().Loss).Within(0.01));
    }

    [Test]
    public void Combined_RowWithoutTruthInDecoupledLoss_IsFinite()
    {
        float[] targets = [.. Targets];
        targets[Soft] = 0;
        using var problem = new BatchProblem(new CombinedLoss([new LossTerm(new DecoupledLoss(1, 2, 4), 0, 3, 0, 6, Hard), SoftTerm]), Logits, targets, Weights);
        (double loss, float[] gradient) = problem.Measure();
        Assert.That(double.IsFinite(loss) && gradient.All(float.IsFinite), Is.True);
    }

    [Test]
    public void Combined_OfRelations_IsTheSumOfItsTerms()
    {
        var relation = new LossTerm(new RelationalDistanceLoss(), 0, 3, 6, 2, Hint);
        var loss = new CombinedLoss([SoftTerm, relation]);
        Assert.That(loss.NeedsWholeBatch, Is.True);
        Assert.That(new CombinedLoss([SoftTerm, HardTerm]).NeedsWholeBatch, Is.False);
        using var both = new BatchProblem(loss, Logits, Targets, Weights);
        using var soft = Alone(new HintonLoss(2), Logits, 0, 3, Soft);
        using var distances = Alone(new RelationalDistanceLoss(), Logits, 6, 2, Hint);
        AssertSum(both, soft, distances);
    }

    [Test]
    public void Combined_OfClosedGradientsOfTheWholePrediction_KeepsThem_AndCutsNothingFromIt()
    {
        (LossNodes nodes, GraphBuilder graph) = Appended(new CombinedLoss([SoftTerm, HardTerm]));
        Assert.That(nodes.PredictionGradient, Is.Not.Null);
        Assert.That(graph.Build().Graph.Nodes.Where(n => n.OpType == "Slice").Select(n => n.Inputs[0]), Is.EqualTo(new[] { "t", "t", "t", "t" }));
    }

    [Test]
    public void Combined_OfATermWithoutClosedGradientOrOfSlices_GoesBackThroughTheNodes()
    {
        Assert.That(Appended(new CombinedLoss([SoftTerm, new LossTerm(new CosineLoss(), 0, 3, 3, 3, Hard)])).Nodes.PredictionGradient, Is.Null);
        Assert.That(Appended(new CombinedLoss([SoftTerm, new LossTerm(new HintLoss(), 1, 2, 6, 2, Hint)])).Nodes.PredictionGradient, Is.Null);
    }

    [Test]
    public void Combined_ReadingBeyondTheTarget_NamesTheTerm() => Assert.That(
        () => new BatchProblem(new CombinedLoss([new LossTerm(new HintonLoss(2), 0, 3, 0, 3, weightColumn: 11)]), Logits, Targets, Weights),
        Throws.ArgumentException.With.Message.Contains("target up to 11").And.Message.Contains("has 11").And.Message.Contains(nameof(HintonLoss)));

    [Test]
    public void Combined_ReadingBeyondThePrediction_NamesTheTerm() => Assert.That(
        () => new BatchProblem(new CombinedLoss([new LossTerm(new HintonLoss(2), 1, 3, 0, 3, Soft)]), Logits, Targets, Weights),
        Throws.ArgumentException.With.Message.Contains("prediction up to 3").And.Message.Contains("has 3"));

    [Test]
    public void Combined_LeavingColumnsOfThePrediction_SaysFromWhere() => Assert.That(
        () => new BatchProblem(new CombinedLoss([new LossTerm(new HintonLoss(2), 0, 2, 0, 2, Soft)]), Logits, Targets, Weights),
        Throws.ArgumentException.With.Message.Contains("3 columns").And.Message.Contains("from 2 on"));

    [Test]
    public void Term_OfSlicesThatItsLossCannotRead_SaysWhatItWants() => Assert.That(
        () => new LossTerm(new HintonLoss(2), 0, 3, 0, 4, Soft), Throws.ArgumentException.With.Message.Contains("prediction of 3 columns").And.Message.Contains("the target has 4"));

    [Test]
    public void Combined_WithoutTermsOrNestedOrOfTwoSchedulesInOneColumn_IsRefused()
    {
        Assert.That(() => new CombinedLoss([]), Throws.ArgumentException.With.Message.Contains("no terms"));
        Assert.That(() => new CombinedLoss(default), Throws.ArgumentException.With.Message.Contains("no terms"));
        var inner = new CombinedLoss([SoftTerm]);
        Assert.That(() => new CombinedLoss([new LossTerm(inner, 0, 3, 0, TargetWidth, Soft)]), Throws.ArgumentException.With.Message.Contains("itself"));
        Assert.That(
            () => new CombinedLoss([SoftTerm with { Schedule = TermSchedule.Linear(1, 0) }, new LossTerm(new CrossEntropyLoss(), 0, 3, 3, 3, Soft)]),
            Throws.ArgumentException.With.Message.Contains("column 8").And.Message.Contains("Linear(1 to 0)").And.Message.Contains("Constant"));
    }

    [Test]
    public void Combined_AsText_TellsEverythingThatDecidesATraining()
    {
        var loss = new CombinedLoss([SoftTerm with { Schedule = TermSchedule.Cosine(1, 0.25) }, HardTerm]);
        Assert.That(loss.ToString(), Does.Contain("Temperature = 2").And.Contain("Cosine(1 to 0.25)").And.Contain("CrossEntropyLoss").And.Contain("WeightColumn = 9"));
        Assert.That(loss, Is.EqualTo(new CombinedLoss([SoftTerm with { Schedule = TermSchedule.Cosine(1, 0.25) }, HardTerm])));
        Assert.That(loss, Is.Not.EqualTo(new CombinedLoss([SoftTerm, HardTerm])));
    }

    /// <summary>A term as a loss of its own: the weight column multiplied into the rows' weights, the mean still over the weights of all rows.</summary>
    private static ScaledProblem Alone(TrainingLoss loss, float[] predictions, int targetStart, int targetWidth, int column)
    {
        double[] weights = [.. Weights.Select((w, row) => w * Targets[row * TargetWidth + column])];
        float[] targets = [.. Enumerable.Range(0, 3).SelectMany(row => Targets[(row * TargetWidth + targetStart)..(row * TargetWidth + targetStart + targetWidth)])];
        return new ScaledProblem(new BatchProblem(loss, predictions, targets, weights), weights.Sum() / Weights.Sum());
    }

    private static void AssertSum(BatchProblem whole, ScaledProblem first, ScaledProblem second)
    {
        (double found, float[] gradient) = whole.Measure();
        (double one, float[] gradientOfOne) = first.Measure();
        (double other, float[] gradientOfOther) = second.Measure();
        Assert.That(one, Is.GreaterThan(0.01));
        Assert.That(other, Is.GreaterThan(0.01));
        Assert.That(found, Is.EqualTo(one + other).Within(1e-6));
        Assert.That(gradient, Is.EqualTo(gradientOfOne.Zip(gradientOfOther, (a, b) => a + b)).Within(1e-6f));
    }

    private static (LossNodes Nodes, GraphBuilder Graph) Appended(TrainingLoss loss)
    {
        var graph = new GraphBuilder("loss");
        string x = graph.Input("x", OnnxElementType.Float, "rows", 3), t = graph.Input("t", OnnxElementType.Float, "rows", TargetWidth), w = graph.Input("w", OnnxElementType.Float, "rows", 1);
        return (loss.Append(graph, x, t, w), graph);
    }

    private sealed class ScaledProblem(BatchProblem problem, double scale) : IDisposable
    {
        public (double Loss, float[] Gradient) Measure()
        {
            (double loss, float[] gradient) = problem.Measure();
            return (loss * scale, [.. gradient.Select(g => (float)(g * scale))]);
        }

        public void Dispose() => problem.Dispose();
    }
}
