using Microsoft.ML;
using MLTransfer.Distillation;
using MLTransfer.Heads;
using MLTransfer.Heads.Network;
using MLTransfer.Onnx.Training.Losses;

namespace MLTransfer.Tests.Distillation;

/// <summary>Where labels, teacher's answers, features and weights lie, and what stands there, in numbers worked out by hand.</summary>
internal sealed class DistilledTargetsTests
{
    private const float Tolerance = 1e-6f;

    private readonly MLContext _ml = new(0);

    [Test]
    public void Values_OfAllParts_LieSideBySideWithAWeightForEachTerm()
    {
        DistillationLoss[] losses = [DistillationLoss.Hard(0.25), DistillationLoss.Decoupled(weight: 2), DistillationLoss.Cosine(3)];
        var targets = new DistilledTargets([.. losses], 2);
        targets.Add(l => l.NeedsLabels, 3, [1, 0, 0, 0, 0, 0]);
        targets.Add(l => l.NeedsScores, 3, [5, 6, 7, 8, 9, 10]);
        targets.Add(l => l.Term == DistillationTerm.Decoupled, 3, [1, 0, 0, 0, 0, 1]);
        targets.Add(l => l.Term == DistillationTerm.Estimate, 9, new float[18]);
        targets.Add(l => l.NeedsFeatures, 2, [11, 12, 13, 14]);
        Assert.That(targets.Width, Is.EqualTo(3 + 3 + 3 + 2 + 3), "a part that nobody reads is left out");
        Assert.That(targets.Values((loss, row) => loss.NeedsLabels && row == 1 ? 0 : 1), Is.EqualTo(new[]
        {
            1, 0, 0, 5, 6, 7, 1, 0, 0, 11, 12, 0.25f, 2, 3,
            0, 0, 0, 8, 9, 10, 0, 0, 1, 13, 14, 0, 2, 3,
        }));

        CombinedLoss loss = targets.Loss(3, new CrossEntropyLoss(), isBinary: false, new FeatureMatch(4, 2, losses, seed: 1));
        Assert.That(loss.Terms.Select(t => (t.PredictionStart, t.PredictionWidth, t.TargetStart, t.TargetWidth, t.WeightColumn)), Is.EqualTo(new[] { (0, 3, 0, 3, 11), (0, 3, 3, 6, 12), (3, 2, 9, 2, 13) }));
    }

    [TestCase(false, false, false, 0)]
    [TestCase(true, false, true, 5)]
    [TestCase(false, true, false, 3)]
    [TestCase(true, true, true, 8)]
    public void FeatureMatch_HasAPartForEachKindOfTerm(bool pointwise, bool relational, bool isProjected, int width)
    {
        DistillationLoss[] losses = [DistillationLoss.Hard(), .. pointwise ? [DistillationLoss.Hint()] : (DistillationLoss[])[], .. relational ? [DistillationLoss.Similarity()] : (DistillationLoss[])[]];
        var match = new FeatureMatch(studentWidth: 3, teacherWidth: 5, losses, seed: 1);
        Assert.That((match.Width, match.Projection is not null), Is.EqualTo((width, isProjected)));
        if (pointwise)
            Assert.That(match.Place(DistillationTerm.Hint), Is.EqualTo((0, 5)));
        if (relational)
            Assert.That(match.Place(DistillationTerm.Similarity), Is.EqualTo((pointwise ? 5 : 0, 3)), "relations are compared without a map");
    }

    [Test]
    public void FeatureMatch_OfOneSize_NeedsNoProjection() => Assert.That(new FeatureMatch(5, 5, [DistillationLoss.Hint()], seed: 1).Projection, Is.Null);

    [Test]
    public void ToTargets_UnlabelledRows_HaveNoWeightInTheTermOfLabelsAlone()
    {
        // Balanced: of four labelled rows three are ants and one is a bee, so factors are 4 / (2 · 3) and 4 / 2, and 1 for cats. Smoothed by 0.3: −Σ_c factor_c · y_c · log p_c.
        HeadTargets targets = Classes(["ant", "", "ant", "bee", "", "ant"], [1, 1, 2, 1, 5, 1], [DistillationLoss.Hard(0.5), DistillationLoss.Hinton(2, 0.75)], ClassWeights.Balanced, 0.3);
        float[][] rows = [.. targets.Values.Chunk(3 + 3 + 2)];
        Assert.That(rows.Select(r => r[..3]).Where((_, i) => i is 0 or 2 or 5), Has.All.EqualTo(new[] { 0.8f, 0.3f, 0.15f }).Within(Tolerance));
        Assert.That(rows[3][..3], Is.EqualTo(new[] { 0.1f / 3, 0.8f, 0.05f }).Within(Tolerance));
        Assert.That(rows.Select(r => r[3..6]), Is.EqualTo(Answers(6).Chunk(3)));
        Assert.That(rows.Select(r => r[7]), Has.All.EqualTo(0.75f), "all learn from the teacher");
        float ant = rows[0][6], bee = rows[3][6];
        Assert.That(rows.Select(r => r[6]), Is.EqualTo(new[] { ant, 0, ant, bee, 0, ant }), "rows' own weights stand elsewhere");
        Assert.That((ant, bee), Is.EqualTo((0.5f * 2 / 3, 0.5f * 2)));
        Assert.That(targets.Weights, Is.EqualTo(new double[] { 1, 1, 2, 1, 5, 1 }));
        Assert.That(targets.Strata.Where((_, i) => i is 1 or 4).Min(), Is.GreaterThan(targets.Strata.Where((_, i) => i is not 1 and not 4).Max()), "rows without a label are held out by themselves");
    }

    [Test]
    public void Metric_IsTheWeightedShareOfRowsThatAgreeWithTheTeacher()
    {
        // The teacher says classes 0, 1, 2, 0.
        HeadTargets targets = Classes(["ant", "", "ant", "bee"], [1, 1, 2, 4], [DistillationLoss.Hard(), DistillationLoss.Hinton()]);
        float[] predictions = [9, 0, 0, 0, 9, 0, 9, 0, 0, 0, 9, 0];
        Assert.That(targets.Metric([0, 1, 2, 3], predictions), Is.EqualTo(2.0 / 8), "whatever the labels are");
        Assert.That(targets.Metric([3, 2], [9, 0, 0, 0, 0, 9]), Is.EqualTo(1));
        HeadTargets alone = Classes(["ant", "", "ant", "bee"], [1, 1, 2, 4], [DistillationLoss.Hard()]);
        Assert.That(alone.Metric([0, 1, 2, 3], predictions), Is.EqualTo(7.0 / 7), "without a teacher's scores only rows with a label are judged");
        Assert.That(alone.Metric([1], [9, 0, 0]), Is.Zero);
    }

    [Test]
    public void LinearValues_AreLabelAndTeacherByTheWeightsOfTheirTerms()
    {
        HeadTargets targets = Classes(["ant", ""], [1, 1], [DistillationLoss.Hard(1), DistillationLoss.Hinton(2, 3)], others: ["bee", "bee"]);
        // The teacher's logits of row 0 are 9, 0, 0 and of row 1 0, 9, 0.
        float sure = MathF.Exp(9) / (MathF.Exp(9) + 2), not = 1 / (MathF.Exp(9) + 2);
        Assert.That(targets.LinearValues![..6], Is.EqualTo(new[] { (1 + 3 * sure) / 4, 3 * not / 4, 3 * not / 4, not, sure, not }).Within(Tolerance));
    }

    [Test]
    public void ToTargets_Quantities_AreInUnitsOfTheLabels()
    {
        // Labels 10 and 14: mean 12, deviation 2.
        HeadTargets targets = Quantities([10, float.NaN, 14], [DistillationLoss.Hard(0.5), DistillationLoss.Estimate(0.25)], [11, 16, 12]);
        Assert.That(targets.Values, Is.EqualTo(new[] { -1, -0.5f, 0.5f, 0.25f, 0, 2, 0, 0.25f, 1, 0, 0.5f, 0.25f }).Within(Tolerance));
        Assert.That((targets.LabelMean, targets.LabelScale), Is.EqualTo((12.0, 2.0)));
        // R² to the teacher's −0.5, 2, 0, whose mean is 0.5 and whose squares about it sum to 3.5.
        Assert.That(targets.Metric([0, 1, 2], [-0.5f, 1, 0]), Is.EqualTo(1 - 1 / 3.5).Within(1e-6));
    }

    [Test]
    public void ToTargets_QuantitiesWithoutLabels_AreInUnitsOfTheTeachersEstimates()
    {
        HeadTargets targets = Quantities([float.NaN, float.NaN], [DistillationLoss.Estimate(1)], [11, 17]);
        Assert.That(targets.Values, Is.EqualTo(new float[] { -1, 1, 1, 1 }));
        Assert.That((targets.LabelMean, targets.LabelScale), Is.EqualTo((14.0, 3.0)));
    }

    [Test]
    public void ToTargets_LabelledRowsThatWeighNothing_AreRefused() => Assert.That(() => Classes(["ant", "", "bee"], [0, 1, 0], [DistillationLoss.Hard(), DistillationLoss.Hinton()]),
        Throws.InvalidOperationException.With.Message.Contains("all 2 rows that have a label have the weight 0"));

    [Test]
    public void ToTargets_ClassWeightsAllZero_AreRefused() => Assert.That(
        () => Classes(["ant", "", "bee"], [1, 1, 1], [DistillationLoss.Hard(), DistillationLoss.Hinton()], ClassWeights.ByName(new Dictionary<string, double> { ["ant"] = 0, ["bee"] = 0 })),
        Throws.ArgumentException.With.Message.Contains("ClassWeights"));

    [Test]
    public void ToTargets_TeacherOfFewerRows_IsRefused() => Assert.That(() => Quantities([1, 2, 3], [DistillationLoss.Estimate()], [1, 2]),
        Throws.InvalidOperationException.With.Message.Contains("gave 2 rows when it was first read and 3"));

    /// <summary>Logits of a teacher that is sure of class i mod 3 in row i.</summary>
    private static float[] Answers(int count) => [.. Enumerable.Range(0, 3 * count).Select(i => i % 3 == i / 3 % 3 ? 9f : 0)];

    private HeadTargets Classes(string[] classes, float[] weights, DistillationLoss[] losses, ClassWeights? classWeights = null, double smoothing = 0, string[]? others = null)
    {
        // A task needs two classes that are labelled.
        string[] all = [.. classes, .. others ?? []];
        DistillRow[] rows = [.. all.Select((c, i) => new DistillRow { Class = c, Weight = i < weights.Length ? weights[i] : 1, Obs = [i, 0, 0], Hint = new float[4] })];
        IDataView data = DistillRows.Keyed(_ml, rows);
        var labels = new MulticlassLabels("Test", data.Schema["Label"], new TargetOptions(null, classWeights ?? ClassWeights.None, smoothing), 3);
        bool scored = losses.Any(l => l.NeedsScores);
        return Targets(data, "Label", labels, new Lesson(scored ? Answers(all.Length) : null, null, 0), losses);
    }

    private HeadTargets Quantities(float[] amounts, DistillationLoss[] losses, float[] estimates)
    {
        IDataView data = DistillRows.Keyed(_ml, amounts.Select(a => new DistillRow { Amount = a, Obs = new float[3], Hint = new float[4], Class = "ant" }));
        var labels = new RegressionLabels("Test", data.Schema["Amount"], new TargetOptions(null, ClassWeights.None, 0));
        return Targets(data, "Amount", labels, new Lesson(estimates, null, 0), losses);
    }

    private static HeadTargets Targets(IDataView data, string label, HeadLabels labels, Lesson lesson, DistillationLoss[] losses)
    {
        var distilled = new DistilledLabels("Test", label, labels, lesson, [.. losses], 3, seed: 1);
        TrainingRows rows = FeatureReader.Read("Test", data, new HeadColumnNames(label, "obs", "Weight"), distilled.Column, CancellationToken.None);
        return distilled.ToTargets(rows.Weights);
    }
}
