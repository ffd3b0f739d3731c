using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Cli.Demo;

/// <summary>The demo's work, without a word on the screen: compare, train, save, load, score.</summary>
internal sealed class TicketDemo(Backbone backbone)
{
    private readonly MLContext _ml = new(seed: 0);
    private readonly List<Ticket> _tickets = Tickets.Labelled();

    public int RowCount => _tickets.Count;

    public int ClassCount => _tickets.DistinctBy(t => t.Label).Count();

    public TransferComparison Compare(int seedCount, IProgress<CompareProgress> progress, CancellationToken cancel) =>
        _ml.Transfer().CompareWithAndWithout(Data(), _ml.Transforms.EmbedText("Features", backbone, "Text"), new CompareOptions
        {
            LabelsPerClass = [4, 8, 16],
            Seeds = [.. Enumerable.Range(0, seedCount)],
            // 20 of each class's 40 to measure on, 20 to draw up to 16 from.
            TestFraction = 0.5,
            Progress = progress,
            CancellationToken = cancel,
        });

    /// <summary>Trains on all rows and saves the model.</summary>
    public void TrainAndSave(string path)
    {
        IDataView data = Data();
        EstimatorChain<ITransformer> pipeline = new EstimatorChain<ITransformer>()
            .Append(_ml.Transforms.Conversion.MapValueToKey("Label"))
            .Append(_ml.Transforms.EmbedText("Features", backbone, "Text"))
            .Append(_ml.MulticlassClassification.Trainers.LinearHead())
            .Append((IEstimator<ITransformer>)_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        using TransformerChain<ITransformer> model = pipeline.Fit(data);
        _ml.Model.Save(model, data.Schema, path);
    }

    /// <summary>Loads a saved model as any program would, and scores new tickets.</summary>
    public static List<ScoredTicket> LoadAndScore(string path)
    {
        var ml = new MLContext();
        ITransformer model = ml.Model.Load(path, out _);
        using var owner = model as IDisposable;
        return [.. ml.Data.CreateEnumerable<ScoredTicket>(model.Transform(ml.Data.LoadFromEnumerable(Tickets.New())), reuseRowObject: false)];
    }

    private IDataView Data() => _ml.Data.LoadFromEnumerable(_tickets);
}
