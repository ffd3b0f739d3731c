using Microsoft.ML;
using MLTransfer.Tests.FineTuning;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Distillation;

/// <summary>Students that read pictures, and changed views of these.</summary>
internal sealed class ImageStudentTests
{
    private static readonly ImageEmbeddingOptions Changed = new() { Augmentation = new ImageAugmentation { FlipProbability = 0.5, Brightness = 0.3 }, AugmentedViewCount = 2 };

    private readonly MLContext _ml = new(0);

    [Test]
    public void DistillImageBackbone_OwnCopyAsTeacher_AgreesAndLeavesTheStudentAsItWas()
    {
        IDataView rows = FineTuneRows.Keyed(_ml, FineTuneRows.Make(40));
        Backbone student = TrainableBackbones.Image();
        var options = new DistillBackboneOptions { FineTuning = DistillBackboneOptions.DefaultFineTuning with { Training = Short } };
        DistilledBackbone result = _ml.Transfer().DistillImageBackbone(TrainableBackbones.Image(), student, rows, new ImageEmbeddingOptions(), options);
        Assert.That(result.Report.RowCount, Is.EqualTo(40));
        Assert.That(result.Report.HeldOutAgreement, Is.GreaterThan(0.99));
        Assert.That(result.Backbone.Sha256, Is.Not.EqualTo(student.Sha256));
    }

    [Test]
    public void Fit_AugmentedViews_TrainsOnEachAndJudgesPlainRows()
    {
        IDataView rows = FineTuneRows.Keyed(_ml, FineTuneRows.Make(40));
        using FineTunedTransformer plain = Fit(rows, new ImageEmbeddingOptions()), changed = Fit(rows, Changed);
        // 32 rows are left to train on where a fifth is held out: 4 batches of 8, or three times as many.
        Assert.That(plain.StepCount, Is.EqualTo(2 * 4));
        Assert.That(changed.StepCount, Is.EqualTo(2 * 12));
        float[][] first = Columns.Vectors(changed.Transform(rows), "Features");
        Assert.That(Columns.Vectors(changed.Transform(rows), "Features"), Is.EqualTo(first), "the fitted model changes nothing at random");
    }

    [Test]
    public void FineTuneImage_ViewsWithoutAugmentation_NamesBothOptions() =>
        Assert.That(() => Fit(FineTuneRows.Keyed(_ml, FineTuneRows.Make(10)), new ImageEmbeddingOptions { AugmentedViewCount = 2 }),
            Throws.ArgumentException.With.Message.Contains("AugmentedViewCount").And.Message.Contains("Augmentation"));

    private static TrainingOptions Short => new() { EpochCount = 2, BatchSize = 8, LearningRate = 1e-3, HeldOutFraction = 0.2, Seed = 3 };

    private FineTunedTransformer Fit(IDataView rows, ImageEmbeddingOptions pictures) => _ml.Regression.Trainers.FineTuneImage(
        TrainableBackbones.Image(), new FineTuneOptions { LabelColumnName = nameof(FineTuneRow.Amount), Freezing = FreezingPlan.LastBlocks(1), Training = Short }, pictures).Fit(rows);
}
