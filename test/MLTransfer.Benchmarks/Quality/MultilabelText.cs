using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Text;
using MLTransfer.Benchmarks.Measuring;
using MLTransfer.Testing;

namespace MLTransfer.Benchmarks.Quality;

/// <summary>
/// The several intents of a sentence (nlupp): <c>MultilabelMlpHead</c> against one linear head for each intent, both on the same features, micro-F1 on the test rows. The learning rate
/// was chosen by three-fold cross-validation within the training rows (0.806 at 0.001, 0.813 at 0.003); thresholds are tuned by cross-validation within the training rows, too.
/// </summary>
internal static class MultilabelText
{
    private const string Model = "all-minilm-l6-v2";
    private const string Set = "nlupp";
    private const int SeedCount = 5;

    public static void Run(Figures figures)
    {
        string? model = Assets.FindModel(Model), data = Assets.FindData(Set);
        if (model is null || data is null)
        {
            string reason = model is null ? $"the model {Model} is not on this machine" : $"the data set {Set} is not on this machine";
            foreach (string name in (string[])["nlupp-mlp-microf1", "nlupp-baseline-microf1", "nlupp-tfidf-microf1"])
                figures.Skip(name, reason);
            return;
        }
        var ml = new MLContext(seed: 0);
        IDataView train = ml.Data.LoadFromEnumerable(Read(data, "train")), test = ml.Data.LoadFromEnumerable(Read(data, "test"));
        using var labels = Labels(ml).Fit(train);
        (train, test) = (labels.Transform(train), labels.Transform(test));
        Backbone backbone = Backbone.Open(model);
        using (TextEmbeddingTransformer embedding = ml.Transforms.EmbedText("Features", backbone).Fit(train))
        {
            IDataView trainFeatures = ml.Data.Cache(embedding.Transform(train)), testFeatures = ml.Data.Cache(embedding.Transform(test));
            figures.Add("nlupp-mlp-microf1", [.. Enumerable.Range(0, SeedCount).Select(seed => Mlp(ml, trainFeatures, testFeatures, seed))]);
            figures.Add("nlupp-baseline-microf1", [OneVersusRest(ml, trainFeatures, testFeatures)]);
        }
        using var words = TfIdf(ml).Fit(train);
        figures.Add("nlupp-tfidf-microf1", [OneVersusRest(ml, ml.Data.Cache(words.Transform(train)), ml.Data.Cache(words.Transform(test)))]);
    }

    private static double Mlp(MLContext ml, IDataView train, IDataView test, int seed)
    {
        var options = new MlpHeadOptions { HiddenUnits = [512], Training = MlpHeadOptions.DefaultTraining with { LearningRate = 3e-3, Seed = seed } };
        using MlpHeadTransformer head = ml.MulticlassClassification.Trainers.MultilabelMlpHead(options).Fit(train);
        MultilabelMetrics metrics = ml.Transfer().EvaluateMultilabel(head.Transform(test));
        Figures.Say(FormattableString.Invariant($"seed {seed}: micro-F1 {metrics.MicroF1:F4}, macro-F1 {metrics.MacroF1:F4}, all labels right {metrics.SubsetAccuracy:F4}"));
        return metrics.MicroF1;
    }

    /// <summary>A linear head for each label, its regularisation chosen by cross-validation, its threshold a probability of a half.</summary>
    private static double OneVersusRest(MLContext ml, IDataView train, IDataView test)
    {
        float[][] trainLabels = [.. train.GetColumn<float[]>("Label")], testLabels = [.. test.GetColumn<float[]>("Label")];
        float[][] trainFeatures = [.. train.GetColumn<float[]>("Features")], testFeatures = [.. test.GetColumn<float[]>("Features")];
        long right = 0, wrong = 0;
        for (int k = 0; k < trainLabels[0].Length; k++)
        {
            int label = k;
            if (trainLabels.All(l => l[label] == trainLabels[0][label]))
                continue;
            var head = ml.BinaryClassification.Trainers.LinearHead(new LinearHeadOptions { Seed = 0 }).Fit(Rows(ml, trainFeatures, trainLabels, label));
            bool[] found = [.. head.Transform(Rows(ml, testFeatures, testLabels, label)).GetColumn<bool>("PredictedLabel")];
            for (int i = 0; i < found.Length; i++)
            {
                bool truth = testLabels[i][label] > 0;
                right += found[i] && truth ? 1 : 0;
                wrong += found[i] != truth ? 1 : 0;
            }
        }
        return 2.0 * right / (2 * right + wrong);
    }

    private static IDataView Rows(MLContext ml, float[][] features, float[][] labels, int label)
    {
        var schema = SchemaDefinition.Create(typeof(BinaryRow));
        schema[nameof(BinaryRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features[0].Length);
        return ml.Data.LoadFromEnumerable(features.Select((f, i) => new BinaryRow { Features = f, Label = labels[i][label] > 0 }).ToList(), schema);
    }

    private static List<IntentRow> Read(string folder, string part) =>
        [.. LabelledText.Table(Path.Combine(folder, $"{part}.tsv")).Select(r => new IntentRow { Text = r["text"], Intents = r["labels"] })];

    private static EstimatorChain<ITransformer> Labels(MLContext ml) => new EstimatorChain<ITransformer>()
        .Append(ml.Transforms.Text.TokenizeIntoWords("Names", nameof(IntentRow.Intents)))
        .Append(ml.Transforms.Conversion.MapValueToKey("Keys", "Names"))
        .Append((IEstimator<ITransformer>)ml.Transforms.Conversion.MapKeyToVector("Label", "Keys", outputCountVector: true));

    private static EstimatorChain<ITransformer> TfIdf(MLContext ml) => new EstimatorChain<ITransformer>()
        .Append(ml.Transforms.Text.NormalizeText("Words", "Text", keepPunctuations: false))
        .Append(ml.Transforms.Text.ProduceWordBags("Features", "Words", ngramLength: 1, weighting: NgramExtractingEstimator.WeightingCriteria.TfIdf))
        .Append((IEstimator<ITransformer>)ml.Transforms.NormalizeLpNorm("Features"));

    private sealed class IntentRow
    {
        public string Text { get; set; } = "";

        public string Intents { get; set; } = "";
    }

    private sealed class BinaryRow
    {
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }
    }
}
