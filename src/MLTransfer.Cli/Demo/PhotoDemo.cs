using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Cli.Demo;

/// <summary>The demo's work on photos: compare, train, save, load, score.</summary>
internal sealed class PhotoDemo(Backbone backbone, Photos photos)
{
    private const int ShownCount = 8;

    private static readonly int[] Counts = [2, 4, 8, 16];

    private readonly MLContext _ml = new(seed: 0);

    // One photo of each class, up to eight, is kept from training, so that what is shown at the end is new to the model.
    private readonly Photo[] _shown = [.. photos.Rows.GroupBy(r => r.Label).Take(ShownCount).Select(g => g.Last())];

    public TransferComparison Compare(int seedCount, IProgress<CompareProgress> progress, CancellationToken cancel) =>
        _ml.Transfer().CompareWithAndWithout(_ml.Data.LoadFromEnumerable(photos.Rows), _ml.Transforms.EmbedImage("Features", backbone), new CompareOptions
        {
            LabelsPerClass = [.. Counts.Where(n => n <= photos.SmallestClass / 2)],
            Seeds = [.. Enumerable.Range(0, seedCount)],
            TestFraction = 0.5,
            Without = _ml.Transforms.CopyColumns("Features", "Pixels"),
            Progress = progress,
            CancellationToken = cancel,
        });

    /// <summary>Trains on all photos but those that are shown, and saves the model.</summary>
    public void TrainAndSave(string path)
    {
        IDataView data = _ml.Data.LoadFromEnumerable(photos.Rows.Except(_shown));
        EstimatorChain<ITransformer> pipeline = new EstimatorChain<ITransformer>()
            .Append(_ml.Transforms.Conversion.MapValueToKey("Label"))
            .Append(_ml.Transforms.EmbedImage("Features", backbone))
            .Append(_ml.MulticlassClassification.Trainers.LinearHead())
            .Append((IEstimator<ITransformer>)_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        using TransformerChain<ITransformer> model = pipeline.Fit(data);
        _ml.Model.Save(model, data.Schema, path);
    }

    /// <summary>Loads a saved model as any program would, and scores the photos it has not seen.</summary>
    public List<ScoredPhoto> LoadAndScore(string path)
    {
        var ml = new MLContext();
        ITransformer model = ml.Model.Load(path, out _);
        using var owner = model as IDisposable;
        return [.. ml.Data.CreateEnumerable<ScoredPhoto>(model.Transform(ml.Data.LoadFromEnumerable(_shown)), reuseRowObject: false)];
    }
}
