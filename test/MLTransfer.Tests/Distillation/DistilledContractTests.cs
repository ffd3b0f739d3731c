using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Tests.Export;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Distillation;

[TestFixture("multiclass")]
[TestFixture("binary")]
[TestFixture("regression")]
internal sealed class DistilledHeadContractTests(string task) : DistilledContract(task)
{
    protected override string InputColumn => "obs";

    protected override Student Student(TrainingOptions training) =>
        MLTransfer.Student.Head(new MlpHeadOptions { FeatureColumnName = "obs", HiddenUnits = [8], MinimumStepCount = 0, Training = training });

    protected override IReadOnlyDictionary<string, Array> Run(ExportedModel exported, ITransformer model, DistillRow[] rows) =>
        exported.RunNumbers("obs", [.. rows.Select(r => r.Obs)], 3);

    protected override ITransformer FitWhole(MLContext ml, IDataView data, Func<Student?, DistilledEstimator> estimator)
    {
        // A head is exported behind the step that makes its features.
        TensorEmbeddingTransformer embedding = ml.Transforms.EmbedTensor(TrainableBackbones.Tensor(), new TensorEmbeddingOptions()).Fit(data);
        return new TransformerChain<ITransformer>(embedding, estimator(MLTransfer.Student.Head("Features", [4])).Fit(embedding.Transform(data)));
    }

    protected override string Line(DistillRow row) => DistillLines.Numbers(row.Obs);
}

[TestFixture("multiclass")]
[TestFixture("binary")]
[TestFixture("regression")]
internal sealed class DistilledTextContractTests(string task) : DistilledContract(task)
{
    protected override string InputColumn => "Text";

    protected override Student Student(TrainingOptions training) =>
        MLTransfer.Student.Text(TrainableBackbones.Text(), new FineTuneOptions { Freezing = FreezingPlan.LastBlocks(1), Training = training with { LearningRate = 3e-3 } }, new TextEmbeddingOptions());

    protected override IReadOnlyDictionary<string, Array> Run(ExportedModel exported, ITransformer model, DistillRow[] rows) =>
        exported.RunTexts(((DistilledTransformer)model).Backbone!, [.. rows.Select(r => r.Text)]);

    protected override string Line(DistillRow row) => row.Text;
}

[TestFixture("multiclass")]
[TestFixture("binary")]
[TestFixture("regression")]
internal sealed class DistilledTensorContractTests(string task) : DistilledContract(task)
{
    protected override string InputColumn => "obs";

    protected override Student Student(TrainingOptions training) =>
        MLTransfer.Student.Tensor(TrainableBackbones.Tensor(), new FineTuneOptions { Freezing = FreezingPlan.Everything, Training = training }, new TensorEmbeddingOptions());

    protected override IReadOnlyDictionary<string, Array> Run(ExportedModel exported, ITransformer model, DistillRow[] rows) =>
        exported.RunNumbers("obs", [.. rows.Select(r => r.Obs)], 3);

    protected override string Line(DistillRow row) => DistillLines.Numbers(row.Obs);
}

/// <summary>Rows as lines of text files.</summary>
internal static class DistillLines
{
    public static string Numbers(float[] values) => string.Join('\t', values.Select(v => v.ToString("R", CultureInfo.InvariantCulture)));
}
