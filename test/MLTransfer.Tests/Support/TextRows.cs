using Microsoft.ML;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Tests.Support;

/// <summary>Texts as rows, and their features.</summary>
internal static class TextRows
{
    public static IDataView Data(MLContext ml, params IEnumerable<string> texts) =>
        ml.Data.LoadFromEnumerable(texts.Select(t => new Row { Text = t }).ToArray());

    /// <summary>All texts in one transform.</summary>
    public static float[][] Together(MLContext ml, TextEmbeddingTransformer model, params IEnumerable<string> texts) =>
        Columns.Vectors(model.Transform(Data(ml, texts)), model.Step.OutputColumns[0].Name);

    /// <summary>All texts in one transform, and in how many runs of the graph.</summary>
    public static (float[][] Features, long Runs) Counted(MLContext ml, TextEmbeddingTransformer model, params IEnumerable<string> texts)
    {
        using SessionLease lease = model.Step.Plan.RentForPacks();
        long before = lease.Session.RunCount;
        return (Together(ml, model, texts), lease.Session.RunCount - before);
    }

    /// <summary>Each text in a transform of its own.</summary>
    public static float[][] OneByOne(MLContext ml, TextEmbeddingTransformer model, params IEnumerable<string> texts) =>
        [.. texts.Select(t => Together(ml, model, t)[0])];

    /// <summary>A fitted step that computes every row each time it is asked.</summary>
    public static TextEmbeddingTransformer Fit(MLContext ml, Backbone backbone, Int8Execution int8 = Int8Execution.Exact) =>
        ml.Transforms.EmbedText(backbone, new TextEmbeddingOptions { Int8Execution = int8, Cache = new FeatureCache(memoryLimit: 0) }).Fit(Data(ml));

    public static double Cosine(float[] a, float[] b)
    {
        double product = a.Zip(b, (x, y) => (double)x * y).Sum();
        return product / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(y => (double)y * y));
    }

    internal sealed class Row
    {
        public string Text { get; set; } = "";
    }
}
