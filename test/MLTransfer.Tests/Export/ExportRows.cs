using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Export;

/// <summary>Rows to fit small models on that are exported.</summary>
internal static class ExportRows
{
    public static IDataView Texts(MLContext ml) =>
        ml.Data.LoadFromEnumerable(TinyTexts.Distinct(24).Select((t, i) => new TextRow { Text = t, Class = t.Contains('a') ? t.Length > 20 ? "long" : "short" : "none", Amount = i }).ToArray());

    public static IDataView Tensors(MLContext ml) => ml.Data.LoadFromEnumerable(Enumerable.Range(0, 24).Select(i =>
    {
        float[] obs = TinyBackbones.Values(3, seed: 100 + i);
        return new TensorRow { Obs = obs, Class = obs[0] > 0.3f ? "up" : obs[0] < -0.3f ? "down" : "level", Flag = obs[1] + obs[2] > 0, Amount = obs[0] - obs[2] };
    }).ToArray());

    public static float[][] Numbers(IDataView data) => Columns.Vectors(data, "obs");

    /// <summary>The usual chain: keys, features, head, values.</summary>
    public static EstimatorChain<ITransformer> Classifier(MLContext ml, Backbone backbone) => new EstimatorChain<ITransformer>()
        .Append(ml.Transforms.Conversion.MapValueToKey("Label", "Class"))
        .Append(ml.Transforms.EmbedText("Features", backbone))
        .Append(ml.MulticlassClassification.Trainers.LinearHead())
        .Append((IEstimator<ITransformer>)ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    internal sealed class TextRow
    {
        public string Text { get; set; } = "";

        public string Class { get; set; } = "";

        public float Amount { get; set; }
    }

    internal sealed class TensorRow
    {
        [VectorType(3), ColumnName("obs")]
        public float[] Obs { get; set; } = [];

        public string Class { get; set; } = "";

        public bool Flag { get; set; }

        public float Amount { get; set; }
    }
}
