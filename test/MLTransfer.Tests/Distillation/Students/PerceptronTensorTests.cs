using Microsoft.ML;
using MLTransfer.Tests.FineTuning;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Distillation.Students;

/// <summary>The network for plain vectors: what it computes, that it learns, what it refuses.</summary>
internal sealed class PerceptronTensorTests
{
    private static readonly TensorEmbeddingOptions ReadsObs = new() { InputColumns = new Dictionary<string, string> { ["input"] = "obs" } };

    [TestCase(0, 4)]
    [TestCase(2, 7)]
    public void PerceptronTensor_GivesFeaturesOfItsDimension(int layers, int dimension)
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(FineTuneRows.Make(5));
        Backbone backbone = StudentBackbones.PerceptronTensor(3, new PerceptronTensorOptions { HiddenUnits = [.. Enumerable.Repeat(6, layers)], OutputDimension = dimension, Normalize = true });
        using TensorEmbeddingTransformer model = ml.Transforms.EmbedTensor(backbone, ReadsObs).Fit(data);
        foreach (float[] feature in Columns.Vectors(model.Transform(data), "Features"))
        {
            Assert.That(feature, Has.Length.EqualTo(dimension));
            Assert.That(feature.Sum(v => v * v), Is.EqualTo(1).Within(1e-5));
        }
    }

    [Test]
    public void PerceptronTensor_SameSeed_GivesTheSameBytes()
    {
        Assert.That(StudentBackbones.PerceptronTensor(3).Sha256, Is.EqualTo(StudentBackbones.PerceptronTensor(3, new PerceptronTensorOptions()).Sha256));
        Assert.That(StudentBackbones.PerceptronTensor(3).Sha256, Is.Not.EqualTo(StudentBackbones.PerceptronTensor(3, new PerceptronTensorOptions { Seed = 1 }).Sha256));
    }

    [Test]
    public void FineTuneTensor_FromRandomWeights_LearnsExclusiveOr()
    {
        var ml = new MLContext(0);
        var options = new FineTuneOptions
        {
            Freezing = FreezingPlan.Everything,
            StartFromLinearHead = false,
            HeadLearningRateFactor = 1,
            Dropout = 0,
            Training = new TrainingOptions { EpochCount = 20, BatchSize = 20, LearningRate = 5e-3 },
        };
        IDataView training = FineTuneRows.Keyed(ml, FineTuneRows.Make(200)), test = FineTuneRows.Keyed(ml, FineTuneRows.Make(200, seed: 9));
        using FineTunedTransformer tuned = ml.MulticlassClassification.Trainers.FineTuneTensor(StudentBackbones.PerceptronTensor(3), options, ReadsObs).Fit(training);
        Assert.That(ml.MulticlassClassification.Evaluate(tuned.Transform(test)).MicroAccuracy, Is.GreaterThan(0.97));
    }

    [Test]
    public void PerceptronTensor_OutOfRange_IsNamed()
    {
        Refused("inputCount", () => StudentBackbones.PerceptronTensor(0));
        Refused("inputCount", () => StudentBackbones.PerceptronTensor(1_000_001));
        Refused(nameof(PerceptronTensorOptions.HiddenUnits), () => new PerceptronTensorOptions { HiddenUnits = [4, 0] });
        Refused(nameof(PerceptronTensorOptions.OutputDimension), () => new PerceptronTensorOptions { OutputDimension = 0 });

        static void Refused(string option, Func<object> make) => Assert.That(() => make(), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo(option));
    }
}
