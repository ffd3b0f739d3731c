using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Tests.Heads;

namespace MLTransfer.Tests.Distillation;

internal sealed class DistilledHeadTests
{
    private static readonly TrainingOptions Short = MlpHeadOptions.DefaultTraining with { EpochCount = 20 };

    private readonly MLContext _ml = new(0);

    [Test]
    public void Fit_Unlabelled_LearnsTheTeachersAnswers()
    {
        HeadRow[] rows = HeadRows.Make(300);
        IDataView all = HeadRows.Keyed(_ml, rows);
        var model = _ml.MulticlassClassification.Trainers.LinearHead().Fit(all);
        IDataView unlabelled = HeadRows.Keyed(_ml, rows.Select((r, i) => { r.Class = i < 6 ? r.Class : ""; return r; }));
        var options = new DistilledOptions
        {
            Teacher = Teacher.FromModel(model),
            Student = Student.Head(new MlpHeadOptions { HiddenUnits = [16], Training = Short with { HeldOutFraction = 0.2 } }),
        };
        using DistilledTransformer student = _ml.MulticlassClassification.Trainers.Distilled(options).Fit(unlabelled);
        TestContext.Out.WriteLine(student.Report);
        IDataView test = HeadRows.Keyed(_ml, HeadRows.Make(300, 7));
        uint[] taught = [.. model.Transform(test).GetColumn<uint>("PredictedLabel")];
        uint[] learnt = [.. student.Transform(test).GetColumn<uint>("PredictedLabel")];
        Assert.That(taught.Zip(learnt, (a, b) => a == b ? 1.0 : 0).Average(), Is.GreaterThan(0.93));
        Assert.That(student.Report.LabelledRowCount, Is.EqualTo(6));
        Assert.That(student.Report.TeacherRowsRun, Is.EqualTo(300));
    }
}
