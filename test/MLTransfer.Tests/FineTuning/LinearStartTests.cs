using Microsoft.ML;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.FineTuning;

/// <summary>Where fine-tuning starts from: at a rate that moves nothing, the fine-tuned model is the linear head on the frozen features.</summary>
internal sealed class LinearStartTests
{
    [TestCase("multiclass")]
    [TestCase("binary")]
    [TestCase("regression")]
    public void Fit_AtARateThatMovesNothing_PredictsLikeTheLinearHead(string task)
    {
        var ml = new MLContext(0);
        // Labels that a linear head can tell apart for the most part.
        FineTuneRow[] rows = FineTuneRows.Make(90);
        foreach (FineTuneRow row in rows)
        {
            row.Flag = row.Obs[0] + 0.3f * row.Obs[2] > 0;
            row.Class = row.Flag ? "alike" : "other";
            row.Amount = 5 * row.Obs[0] - row.Obs[1] + 40;
        }
        IDataView data = FineTuneRows.Keyed(ml, rows);
        Backbone backbone = TrainableBackbones.Tensor();
        FineTuneOptions Options(string label) => new()
        {
            LabelColumnName = label,
            Freezing = FreezingPlan.LastBlocks(1),
            Dropout = 0,
            Training = new TrainingOptions { EpochCount = 1, BatchSize = 30, LearningRate = 1e-9 },
        };
        var tensors = new TensorEmbeddingOptions();
        var embed = ml.Transforms.EmbedTensor(backbone, tensors);
        (IDataView Tuned, IDataView Frozen) scored = task switch
        {
            "multiclass" => (ml.MulticlassClassification.Trainers.FineTuneTensor(backbone, Options("Label"), tensors).Fit(data).Transform(data),
                embed.Append(ml.MulticlassClassification.Trainers.LinearHead()).Fit(data).Transform(data)),
            "binary" => (ml.BinaryClassification.Trainers.FineTuneTensor(backbone, Options("Flag"), tensors).Fit(data).Transform(data),
                embed.Append(ml.BinaryClassification.Trainers.LinearHead("Flag")).Fit(data).Transform(data)),
            _ => (ml.Regression.Trainers.FineTuneTensor(backbone, Options("Amount"), tensors).Fit(data).Transform(data),
                embed.Append(ml.Regression.Trainers.LinearHead("Amount")).Fit(data).Transform(data)),
        };
        (double tuned, double frozen) = task switch
        {
            "multiclass" => (ml.MulticlassClassification.Evaluate(scored.Tuned).MicroAccuracy, ml.MulticlassClassification.Evaluate(scored.Frozen).MicroAccuracy),
            "binary" => (ml.BinaryClassification.Evaluate(scored.Tuned, "Flag").Accuracy, ml.BinaryClassification.Evaluate(scored.Frozen, "Flag").Accuracy),
            _ => (ml.Regression.Evaluate(scored.Tuned, "Amount").RSquared, ml.Regression.Evaluate(scored.Frozen, "Amount").RSquared),
        };
        Assert.That(frozen, Is.GreaterThan(0.93));
        // Another scaling of features and another division into folds: another strength of regularisation.
        Assert.That(tuned, Is.EqualTo(frozen).Within(0.03));
    }

    [Test]
    public void Fit_WithoutIt_StartsAtRandom()
    {
        var ml = new MLContext(0);
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(60));
        var told = new List<TrainingProgress>();
        var options = new FineTuneOptions
        {
            StartFromLinearHead = false,
            Freezing = FreezingPlan.LastBlocks(1),
            Training = new TrainingOptions { EpochCount = 1, BatchSize = 60, LearningRate = 1e-9, Progress = new Steps(told.Add) },
        };
        using FineTunedTransformer model = ml.MulticlassClassification.Trainers.FineTuneTensor(TrainableBackbones.Tensor(), options, new TensorEmbeddingOptions()).Fit(data);
        Assert.That(told[0].Loss, Is.EqualTo(Math.Log(2)).Within(0.3), "as good as guessing");
    }

    [Test]
    public void Fit_AHeadWithHiddenUnits_IsTrainedFromRandomWeights()
    {
        var ml = new MLContext(0);
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(200));
        var options = new FineTuneOptions
        {
            HiddenUnits = [12],
            Freezing = FreezingPlan.LastBlocks(1),
            Dropout = 0,
            Training = new TrainingOptions { EpochCount = 60, BatchSize = 20, LearningRate = 2e-3 },
        };
        using FineTunedTransformer model = ml.MulticlassClassification.Trainers.FineTuneTensor(TrainableBackbones.Tensor(), options, new TensorEmbeddingOptions()).Fit(data);
        Assert.That(ml.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy, Is.GreaterThan(0.97));
    }

    private sealed class Steps(Action<TrainingProgress> onStep) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => onStep(value);
    }
}
