using System.Globalization;
using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Build.DefaultBackbone;

/// <summary>Spearman's rank correlation between the cosine of two sentences' features and the score that people gave them.</summary>
internal static class Similarity
{
    public static double OnStsBenchmark(Backbone backbone, string path)
    {
        Pair[] pairs = [.. LicensedTexts.ReadTable(path, "score", "text1", "text2")
            .Select(r => new Pair { Score = float.Parse(r[0], CultureInfo.InvariantCulture), Text1 = r[1], Text2 = r[2] })];
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(pairs);
        float[][] first = Embed(ml, backbone, data, nameof(Pair.Text1));
        float[][] second = Embed(ml, backbone, data, nameof(Pair.Text2));
        // Features have unit length or are zero, so the product is the cosine.
        double[] cosines = [.. first.Zip(second, (a, b) => (double)TensorPrimitives.Dot(a, b))];
        return Correlation(Ranks(cosines), Ranks([.. pairs.Select(p => (double)p.Score)]));
    }

    private static float[][] Embed(MLContext ml, Backbone backbone, IDataView data, string column)
    {
        using var model = ml.Transforms.EmbedText("Features", backbone, column).Fit(data);
        return [.. model.Transform(data).GetColumn<float[]>("Features")];
    }

    /// <summary>Ranks from 1; equal values share the mean of theirs.</summary>
    private static double[] Ranks(double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
        double[] ranks = new double[values.Length];
        for (int start = 0; start < order.Length;)
        {
            int end = start + 1;
            while (end < order.Length && values[order[end]] == values[order[start]])
                end++;
            foreach (int i in order.AsSpan(start, end - start))
                ranks[i] = (start + 1 + end) / 2.0;
            start = end;
        }
        return ranks;
    }

    private static double Correlation(double[] x, double[] y)
    {
        double meanX = x.Average(), meanY = y.Average();
        double[] dx = [.. x.Select(v => v - meanX)], dy = [.. y.Select(v => v - meanY)];
        return TensorPrimitives.CosineSimilarity<double>(dx, dy);
    }

    private sealed class Pair
    {
        public float Score { get; set; }

        public string Text1 { get; set; } = "";

        public string Text2 { get; set; } = "";
    }
}
