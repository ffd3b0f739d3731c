using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Cli.Demo;

/// <summary>The model of a demo: a frozen backbone with a linear head.</summary>
internal static class DemoModel
{
    /// <summary>Trains, and saves: whole or not at all.</summary>
    public static void TrainAndSave(MLContext ml, IDataView data, IEstimator<ITransformer> embedding, string path, CancellationToken cancel)
    {
        EstimatorChain<ITransformer> pipeline = new EstimatorChain<ITransformer>()
            .Append((IEstimator<ITransformer>)ml.Transforms.Conversion.MapValueToKey("Label"))
            .Append(embedding)
            .Append((IEstimator<ITransformer>)ml.MulticlassClassification.Trainers.LinearHead(new LinearHeadOptions { CancellationToken = cancel }))
            .Append((IEstimator<ITransformer>)ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        using TransformerChain<ITransformer> model = pipeline.Fit(data);
        // A head that was cancelled is the best so far, which nobody asked for.
        cancel.ThrowIfCancellationRequested();
        OutputFile.Replace(path, temporary => ml.Model.Save(model, data.Schema, temporary));
    }

    /// <summary>Loads a saved model as any program would, and scores rows.</summary>
    public static IReadOnlyList<ScoredRow> LoadAndScore<T>(string path, IEnumerable<T> rows, IEnumerable<string> names)
        where T : class
    {
        var ml = new MLContext();
        ITransformer model = ml.Model.Load(path, out _);
        using var owner = model as IDisposable;
        IEnumerable<Prediction> predictions = ml.Data.CreateEnumerable<Prediction>(model.Transform(ml.Data.LoadFromEnumerable(rows)), reuseRowObject: false);
        return [.. names.Zip(predictions, (name, p) => new ScoredRow(name, p.PredictedLabel, p.Score.Max()))];
    }

    private sealed class Prediction
    {
        public string PredictedLabel { get; set; } = "";

        /// <summary>The probability of each class.</summary>
        public float[] Score { get; set; } = [];
    }
}
