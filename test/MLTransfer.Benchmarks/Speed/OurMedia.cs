using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Benchmarks.Measuring;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>Our side: a fitted EmbedImage or EmbedAudio that keeps nothing between passes, read row by row through a cursor.</summary>
internal sealed class OurMedia : IDisposable
{
    private readonly MLContext _ml = new();
    private readonly EmbeddingTransformer _step;

    private OurMedia(Func<MLContext, IDataView, EmbeddingTransformer> fit) => _step = fit(_ml, _ml.Data.LoadFromEnumerable<LabelledFile>([]));

    public static OurMedia Images(Backbone backbone) => new((ml, none) =>
        ml.Transforms.EmbedImage(backbone, new ImageEmbeddingOptions { InputColumnName = "Path", Cache = new FeatureCache(memoryLimit: 0) }).Fit(none));

    public static OurMedia Audio(Backbone backbone) => new((ml, none) =>
        ml.Transforms.EmbedAudio(backbone, new AudioEmbeddingOptions { InputColumnName = "Path", Cache = new FeatureCache(memoryLimit: 0) }).Fit(none));

    /// <summary>Reads the features of all files, giving each to <paramref name="use"/>, and returns the seconds it took.</summary>
    public double Pass(IEnumerable<LabelledFile> files, Action<int, VBuffer<float>>? use = null) => Rounds.Seconds(() =>
        FeatureColumn.Read(_step.Transform(_ml.Data.LoadFromEnumerable(files)), "Features", use));

    /// <summary>The largest difference of a number from what a peer found.</summary>
    public double Difference(List<LabelledFile> files, float[][] expected)
    {
        float largest = 0;
        Pass(files, (row, feature) =>
        {
            ReadOnlySpan<float> values = feature.GetValues();
            for (int i = 0; i < values.Length; i++)
                largest = Math.Max(largest, Math.Abs(values[i] - expected[row][i]));
        });
        return largest;
    }

    public void Dispose() => _step.Dispose();
}
