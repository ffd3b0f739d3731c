using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Distillation;

namespace MLTransfer.Tests.Distillation;

/// <summary>Teachers' scores in the student's terms, against numbers worked out by hand.</summary>
internal sealed class TeacherSignalTests
{
    // Logarithms and softmax in single precision.
    private const float Tolerance = 2e-6f;

    private static readonly float Least = MathF.Log(1e-7f);

    private readonly MLContext _ml = new(0);

    [Test]
    public void Classes_Probabilities_BecomeTheirLogarithms_AtLeastThatOfTheLeast() => Assert.That(
        Classes(Of(TeacherScores.Auto), [0.2f, 0.3f, 0.5f, 1, 0, 0]),
        Is.EqualTo(new[] { MathF.Log(0.2f), MathF.Log(0.3f), MathF.Log(0.5f), 0, Least, Least }).Within(Tolerance));

    [TestCase(0.2f, 0.3f, 0.5008f, true)]
    [TestCase(0.2f, 0.3f, 0.5012f, false)]
    [TestCase(0.6f, 0.6f, -0.2f, false)]
    [TestCase(1.5f, -0.5f, 0, false)]
    [TestCase(0.5f, 0.5f, 0.5f, false)]
    public void Classes_Auto_TellsProbabilitiesFromLogits(float first, float second, float third, bool areProbabilities)
    {
        // One row that is no distribution makes all rows logits.
        float[] found = Classes(Of(TeacherScores.Auto), [0.25f, 0.25f, 0.5f, first, second, third]);
        Assert.That(found[0], Is.EqualTo(areProbabilities ? MathF.Log(0.25f) : 0.25f).Within(Tolerance));
        Assert.That(found[3], Is.EqualTo(areProbabilities ? MathF.Log(first) : first).Within(Tolerance));
    }

    [Test]
    public void Classes_SaidToBeLogits_StayAsTheyAre() => Assert.That(Classes(Of(TeacherScores.Logits), [0.2f, 0.3f, 0.5f]), Is.EqualTo(new[] { 0.2f, 0.3f, 0.5f }));

    [Test]
    public void Classes_SaidToBeProbabilities_ButOutOfRange_NamesColumnRowAndNumber() => Assert.That(
        () => Classes(Of(TeacherScores.Probabilities), [0.2f, 0.3f, 0.5f, 0, 1.5f, 0]),
        Throws.InvalidOperationException.With.Message.Contains("'Score'").And.Message.Contains("row number 2").And.Message.Contains("1.5").And.Message.Contains("TeacherScores.Logits"));

    [Test]
    public void Classes_NamesInAnotherOrder_AreMatchedByName() =>
        Assert.That(Classes(Of(TeacherScores.Logits, ["cat", "ant", "bee"]), [3, 1, 2, 30, 10, 20]), Is.EqualTo(new float[] { 1, 2, 3, 10, 20, 30 }));

    [Test]
    public void Classes_OtherNames_ListsWhatEachHasAlone() => Assert.That(() => Classes(Of(TeacherScores.Logits, ["cat", "dog", "bee"]), [3, 1, 2]),
        Throws.ArgumentException.With.Message.Contains("Only the teacher has: 'dog'").And.Message.Contains("Only the student has: 'ant'"));

    [Test]
    public void Classes_OneNameTwice_IsRefused() => Assert.That(() => Classes(Of(TeacherScores.Logits, ["ant", "ant", "bee"]), [3, 1, 2]),
        Throws.ArgumentException.With.Message.Contains("Only the student has: 'cat'"));

    [Test]
    public void Classes_NamesGivenForClassesWithoutNames_AreNotSilentlyIgnored() => Assert.That(
        () => Signal(Of(TeacherScores.Logits, ["cat", "ant", "bee"]), Rows(3, [3, 1, 2])).Classes(["0", "1", "2"], areNamed: false),
        Throws.ArgumentException.With.Message.Contains("'Score'").And.Message.Contains("MapValueToKey"));

    [Test]
    public void Classes_AnotherCount_SaysBothAndNamesTheStudents() => Assert.That(() => Signal(Of(TeacherScores.Auto), Rows(3, [3, 1, 2])).Classes(["yes", "no"], areNamed: true),
        Throws.ArgumentException.With.Message.Contains("has 3 numbers").And.Message.Contains("student has 2 classes ('yes', 'no')"));

    [Test]
    public void Classes_EnsembleOfFixedWeights_IsTheWeightedMeanOfProbabilities()
    {
        // 1/4 · (0.2, 0.3, 0.5) + 3/4 · (0.6, 0.4, 0); the second teacher gives logits, to which any number may be added.
        Teacher teacher = Teacher.Ensemble(TeacherWeighting.Fixed, (Of(TeacherScores.Auto), 2), (Of(TeacherScores.Logits, column: "Other"), 6));
        float[] found = Signal(teacher, Rows(3, [0.2f, 0.3f, 0.5f], [MathF.Log(0.6f) + 5, MathF.Log(0.4f) + 5, -60])).Classes(["ant", "bee", "cat"], areNamed: true);
        Assert.That(found, Is.EqualTo(new[] { MathF.Log(0.5f), MathF.Log(0.375f), MathF.Log(0.125f) }).Within(Tolerance));
    }

    [Test]
    public void Classes_EnsembleByConfidence_HearsTheSureOneMore()
    {
        // Entropies ln 2 and 0.3250830; confidences 1 − ln 2 / ln 3 = 0.3690702 and 0.7040969, so 0.3439 and 0.6561 of the whole.
        Teacher teacher = Teacher.Ensemble(TeacherWeighting.Confidence, (Of(TeacherScores.Auto), 1), (Of(TeacherScores.Auto, column: "Other"), 1));
        float[] found = Signal(teacher, Rows(3, [0.5f, 0.5f, 0], [0.9f, 0.1f, 0])).Classes(["ant", "bee", "cat"], areNamed: true);
        Assert.That(MathF.Exp(found[0]), Is.EqualTo(0.76244f).Within(1e-5f));
        Assert.That(MathF.Exp(found[1]), Is.EqualTo(0.23756f).Within(1e-5f));
        // One that knows nothing is not heard beside one that is sure; two that know nothing count alike.
        float[] sure = Signal(teacher, Rows(2, [1, 0, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f, 0.5f])).Classes(["no", "yes"], areNamed: true);
        Assert.That(sure.Select(MathF.Exp), Is.EqualTo(new[] { 1, 0, 0.5f, 0.5f }).Within(1e-5f));
    }

    [Test]
    public void Yes_OfAProbability_IsItsLogit()
    {
        float[] found = Signal(Of(TeacherScores.Probabilities), Numbers([0.8f, 0.5f, 0])).Yes();
        Assert.That(found, Is.EqualTo(new[] { MathF.Log(4), 0, -16.11809f }).Within(1e-5f));
        Assert.That(Signal(Of(TeacherScores.Logits), Numbers([0.8f, -7])).Yes(), Is.EqualTo(new[] { 0.8f, -7 }));
        Assert.That(Signal(Of(TeacherScores.Auto), Numbers([0.8f, 0.5f])).Yes(), Is.EqualTo(new[] { 0.8f, 0.5f }), "a column Score of two classes is a logit, wherever it lies");
    }

    [Test]
    public void Yes_OfAnEnsemble_IsTheLogitOfTheMeanProbability()
    {
        Teacher teacher = Teacher.Ensemble(TeacherWeighting.Fixed, (Of(TeacherScores.Probabilities), 1), (Of(TeacherScores.Logits, column: "Other"), 1));
        Assert.That(Signal(teacher, Numbers([0.8f], [0])).Yes(), Is.EqualTo(new[] { MathF.Log(0.65f / 0.35f) }).Within(Tolerance));
    }

    [Test]
    public void Yes_ProbabilityOutOfRange_NamesRow() =>
        Assert.That(() => Signal(Of(TeacherScores.Probabilities), Numbers([0.8f, -0.25f])).Yes(), Throws.InvalidOperationException.With.Message.Contains("row number 2").And.Message.Contains("-0.25"));

    [Test]
    public void Yes_OfAVector_IsRefused() => Assert.That(() => Signal(Of(TeacherScores.Auto), Rows(3, [0.2f, 0.3f, 0.5f])).Yes(), Throws.ArgumentException.With.Message.Contains("has 3 numbers"));

    [Test]
    public void Estimates_OfAnEnsemble_AreTheWeightedMean()
    {
        Teacher teacher = Teacher.Ensemble(TeacherWeighting.Fixed, (Of(TeacherScores.Auto), 1), (Of(TeacherScores.Auto, column: "Other"), 3));
        Assert.That(Signal(teacher, Numbers([2, -4], [6, 8])).Estimates(), Is.EqualTo(new float[] { 5, 5 }));
    }

    [Test]
    public void Features_OfSeveralTeachers_LieSideBySide()
    {
        Teacher teacher = Teacher.Ensemble(TeacherWeighting.Fixed, (Of(TeacherScores.Auto), 1), (Of(TeacherScores.Auto, column: "Other"), 1));
        (float[] values, int width) = Signal(teacher, Rows(2, [1, 2, 3, 4], [5, 6, 7, 8])).Features();
        Assert.That(width, Is.EqualTo(4));
        Assert.That(values, Is.EqualTo(new float[] { 1, 2, 5, 6, 3, 4, 7, 8 }));
    }

    [Test]
    public void Softmax_OfLargeLogits_DoesNotOverflow() =>
        Assert.That(DistilledTargets.Softmax([1000, 1000 + MathF.Log(3), 0, 0], 2), Is.EqualTo(new[] { 0.25f, 0.75f, 0.5f, 0.5f }).Within(1e-4f));

    private float[] Classes(Teacher teacher, float[] scores) => Signal(teacher, Rows(3, scores)).Classes(["ant", "bee", "cat"], areNamed: true);

    /// <summary>A teacher that says what stands in a column.</summary>
    private Teacher Of(TeacherScores scores, string[]? labels = null, string column = "Score")
    {
        var copy = _ml.Transforms.CopyColumns(column, column == "Score" ? nameof(NumberRow.Said) : nameof(NumberRow.SaidByOther));
        // Fitted on a column of any width: it is told when it is used.
        return Teacher.FromModel(copy.Fit(Numbers([0])), column, scores, labels);
    }

    private static TeacherSignal Signal(Teacher teacher, IDataView data) => new("Test", teacher, data, new TeacherSettings(null, 2, null, CancellationToken.None), new TeacherCount());

    private IDataView Rows(int width, float[] said, float[]? byOther = null)
    {
        SchemaDefinition definition = SchemaDefinition.Create(typeof(VectorRow));
        foreach (string name in new[] { nameof(VectorRow.Said), nameof(VectorRow.SaidByOther) })
            definition[name].ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
        return _ml.Data.LoadFromEnumerable(said.Chunk(width).Zip((byOther ?? said).Chunk(width), (a, b) => new VectorRow { Said = a, SaidByOther = b }).ToArray(), definition);
    }

    private IDataView Numbers(float[] said, float[]? byOther = null) => _ml.Data.LoadFromEnumerable(said.Zip(byOther ?? said, (a, b) => new NumberRow { Said = a, SaidByOther = b }).ToArray());

    private sealed class VectorRow
    {
        public float[] Said { get; set; } = [];

        public float[] SaidByOther { get; set; } = [];
    }

    private sealed class NumberRow
    {
        public float Said { get; set; }

        public float SaidByOther { get; set; }
    }
}
