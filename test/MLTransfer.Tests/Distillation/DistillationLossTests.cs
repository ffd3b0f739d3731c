using Microsoft.ML;

namespace MLTransfer.Tests.Distillation;

/// <summary>Losses that make no sense, alone or together with teachers, students and tasks, are refused where they are named.</summary>
internal sealed class DistillationLossTests
{
    private readonly MLContext _ml = new(0);

    private static IEnumerable<double> NotAboveZero => [0, -1, double.NaN, double.PositiveInfinity];

    [TestCaseSource(nameof(NotAboveZero))]
    public void Temperature_NotAboveZero_IsRefused(double temperature)
    {
        foreach (Func<DistillationLoss> make in (Func<DistillationLoss>[])[() => DistillationLoss.Hinton(temperature), () => DistillationLoss.Decoupled(temperature: temperature), () => DistillationLoss.Similarity(temperature)])
            Assert.That(make, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("temperature").And.Message.Contains("must be above 0"));
        Assert.That(() => _ml.MulticlassClassification.Trainers.Distilled(Scores(), temperature: temperature), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("temperature"));
    }

    [TestCaseSource(nameof(NotAboveZero))]
    public void Weight_NotAboveZero_IsRefused(double weight)
    {
        Func<DistillationLoss>[] all =
        [
            () => DistillationLoss.Hard(weight), () => DistillationLoss.Hinton(weight: weight), () => DistillationLoss.Decoupled(weight: weight), () => DistillationLoss.Estimate(weight),
            () => DistillationLoss.Hint(weight), () => DistillationLoss.Cosine(weight), () => DistillationLoss.RelationalDistance(weight), () => DistillationLoss.RelationalAngle(weight),
            () => DistillationLoss.Similarity(weight: weight),
        ];
        foreach (Func<DistillationLoss> make in all)
            Assert.That(make, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("weight").And.Message.Contains("Leave out"));
    }

    [Test]
    public void Factors_BelowZeroOrAllZero_AreRefused()
    {
        Assert.That(() => DistillationLoss.Decoupled(alpha: -1), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("alpha"));
        Assert.That(() => DistillationLoss.Decoupled(beta: double.NaN), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("beta"));
        Assert.That(() => DistillationLoss.Decoupled(0, 0), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("nothing would be taught"));
        Assert.That(() => DistillationLoss.Hard().WithSchedule(-1, 1), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("startFactor"));
        Assert.That(() => DistillationLoss.Hard().WithSchedule(1, double.PositiveInfinity), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("endFactor"));
        Assert.That(() => DistillationLoss.Hard().WithSchedule(0, 0), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("never count"));
    }

    [Test]
    public void ToString_NamesTermAndSettings()
    {
        Assert.That($"{DistillationLoss.Hinton(1.5, 0.25)}", Is.EqualTo("Hinton (T = 1.5, weight 0.25)"));
        Assert.That($"{DistillationLoss.Decoupled().WithSchedule(0, 1)}", Is.EqualTo("Decoupled (α = 1, β = 2, T = 2, weight 0.5, from × 0 to × 1)"));
    }

    [Test]
    public void Distilled_LossOfAnotherTask_NamesItAndTheRightOne()
    {
        DistilledOptions options = new() { Teacher = Scores(), Student = Hidden() };
        Assert.That(() => _ml.Regression.Trainers.Distilled(options with { Losses = [DistillationLoss.Hinton()] }),
            Throws.ArgumentException.With.Message.Contains("Hinton (T = 2").And.Message.Contains("is for classes").And.Message.Contains("DistillationLoss.Estimate"));
        Assert.That(() => _ml.Regression.Trainers.Distilled(options with { Losses = [DistillationLoss.Decoupled()] }), Throws.ArgumentException.With.Message.Contains("is for classes"));
        Assert.That(() => _ml.MulticlassClassification.Trainers.Distilled(options with { Losses = [DistillationLoss.Hard(), DistillationLoss.Estimate()] }),
            Throws.ArgumentException.With.Message.Contains("Estimate (weight 0.5)").And.Message.Contains("is for a quantity").And.Message.Contains("DistillationLoss.Hinton"));
        Assert.That(() => _ml.BinaryClassification.Trainers.Distilled(options with { Losses = [DistillationLoss.Estimate()] }), Throws.ArgumentException.With.Message.Contains("is for a quantity"));
        Assert.That(() => _ml.BinaryClassification.Trainers.Distilled(options with { Losses = [DistillationLoss.Decoupled()] }), Throws.ArgumentException.With.Message.Contains("3 classes or more; here are 2"));
    }

    [Test]
    public void Fit_DecoupledOfTwoClasses_IsRefused()
    {
        IDataView rows = DistillRows.Keyed(_ml, DistillRows.Make(30).Where(r => r.Class != "cat"), ["ant", "bee"]);
        DistilledEstimator estimator = _ml.MulticlassClassification.Trainers.Distilled(new DistilledOptions { Teacher = Scores(), Student = Hidden(), Losses = [DistillationLoss.Decoupled()] });
        Assert.That(() => estimator.Fit(rows), Throws.ArgumentException.With.Message.Contains("3 classes or more; here are 2"));
    }

    [Test]
    public void Distilled_TeachersAndLossesThatDoNotMatch_AreRefused()
    {
        DistilledOptions both = new() { Teacher = Scores(), FeatureTeacher = Features(), Student = Hidden(), Losses = [DistillationLoss.Hinton(), DistillationLoss.Hint()] };
        Assert.That(() => Make(both), Throws.Nothing);
        Assert.That(() => Make(both with { Teacher = null }), Throws.ArgumentException.With.Message.Contains("needs Teacher, which is not set"));
        Assert.That(() => Make(both with { FeatureTeacher = null }), Throws.ArgumentException.With.Message.Contains("needs FeatureTeacher, which is not set"));
        Assert.That(() => Make(both with { Losses = [DistillationLoss.Hinton()] }), Throws.ArgumentException.With.Message.Contains("FeatureTeacher is set, but no loss reads it"));
        Assert.That(() => Make(both with { Losses = [DistillationLoss.Hard(), DistillationLoss.Hint()] }), Throws.ArgumentException.With.Message.Contains("Teacher is set, but no loss reads it"));
        Assert.That(() => Make(both with { Losses = [DistillationLoss.Cosine()] }), Throws.ArgumentException.With.Message.Contains("nothing teaches the student's scores").And.Message.Contains("DistillBackbone"));
        Assert.That(() => Make(new DistilledOptions { Student = Hidden() }), Throws.ArgumentException.With.Message.Contains("needs Teacher"), "the default losses");
        Assert.That(() => Make(both with { Student = Student.Head("obs", []) }), Throws.ArgumentException.With.Message.Contains("no hidden layer"));
    }

    [Test]
    public void Distilled_WeightsOfTeachersThatMeanNothing_AreRefused()
    {
        DistilledOptions options = new() { Teacher = Scores(), Student = Hidden(), Losses = [DistillationLoss.Hinton(), DistillationLoss.Hint()] };
        Assert.That(() => Make(options with { FeatureTeacher = Teacher.Ensemble(TeacherWeighting.Fixed, (Features(), 2), (Features(), 2)) }), Throws.Nothing);
        Assert.That(() => Make(options with { FeatureTeacher = Teacher.Ensemble(TeacherWeighting.Fixed, (Features(), 1), (Features(), 2)) }), Throws.ArgumentException.With.Message.Contains("side by side"));
        Assert.That(() => Make(options with { FeatureTeacher = Teacher.Ensemble(TeacherWeighting.Confidence, (Features(), 1)) }), Throws.ArgumentException.With.Message.Contains("side by side"));
        Assert.That(() => _ml.Regression.Trainers.Distilled(Teacher.Ensemble(TeacherWeighting.Confidence, (Scores(), 1))), Throws.ArgumentException.With.Message.Contains("no confidence"));
    }

    [Test]
    public void Student_WithALossOfItsOwn_IsRefused() =>
        Assert.That(() => Student.Head(new MlpHeadOptions { Loss = HeadLoss.Focal() }), Throws.ArgumentException.With.Message.Contains("DistilledOptions.Losses"));

    [Test]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.That(() => new DistilledOptions { TeacherBatchSize = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new DistilledOptions { CacheFolder = " " }, Throws.ArgumentException);
        Assert.That(() => new DistilledOptions { LabelColumnName = "" }, Throws.ArgumentException);
        Assert.That(() => new DistilledOptions { Losses = [null!] }, Throws.ArgumentNullException);
        Assert.That(() => new DistillBackboneOptions { TeacherBatchSize = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Teacher.FromModel(null!), Throws.ArgumentNullException);
        Assert.That(() => Teacher.FromFeatures(DistillRows.FitTeacher(_ml, "multiclass"), ""), Throws.ArgumentException);
    }

    private void Make(DistilledOptions options) => _ml.MulticlassClassification.Trainers.Distilled(options);

    private static Student Hidden() => Student.Head("obs", [8]);

    private Teacher Scores() => Teacher.FromModel(DistillRows.FitTeacher(_ml, "multiclass"));

    private Teacher Features() => Teacher.FromFeatures(_ml.Transforms.CopyColumns("Copy", nameof(DistillRow.Hint)).Fit(DistillRows.Keyed(_ml, DistillRows.Make(3))), "Copy");
}
