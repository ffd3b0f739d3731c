using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Benchmarks.Measuring;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>Our side: a fitted EmbedText that keeps nothing between passes, read row by row through a cursor.</summary>
internal sealed class OurText : IDisposable
{
    private readonly MLContext _ml = new();
    private readonly TextEmbeddingTransformer _step;

    public OurText(Backbone backbone)
    {
        TextEmbeddingEstimator estimator = _ml.Transforms.EmbedText(backbone, new TextEmbeddingOptions { Cache = new FeatureCache(memoryLimit: 0) });
        _step = estimator.Fit(_ml.Data.LoadFromEnumerable<LabelledText>([]));
    }

    /// <summary>Reads the features of all texts, giving each to <paramref name="use"/>, and returns the seconds it took.</summary>
    public double Pass(IEnumerable<LabelledText> texts, Action<int, VBuffer<float>>? use = null) => Rounds.Seconds(() =>
    {
        IDataView view = _step.Transform(_ml.Data.LoadFromEnumerable(texts));
        DataViewSchema.Column features = view.Schema["Features"];
        using DataViewRowCursor cursor = view.GetRowCursor([features]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(features);
        VBuffer<float> value = default;
        while (cursor.MoveNext())
        {
            getter(ref value);
            use?.Invoke((int)cursor.Position, value);
        }
    });

    public void Dispose() => _step.Dispose();
}
