using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer;

// BACKBONE ROWS.tsv CHECKPOINT MODEL.zip MILLISECONDS
// Fine-tunes a text backbone on rows (label, text) with a checkpoint, rests after each step, prints its number, and saves the model.
if (args.Length != 5)
{
    await Console.Error.WriteLineAsync("usage: FineTuneProbe BACKBONE ROWS.tsv CHECKPOINT MODEL.zip MILLISECONDS");
    return 2;
}

MLContext ml = new(seed: 0);
IDataView rows = ml.Data.LoadFromTextFile(args[1], [new TextLoader.Column("Name", DataKind.String, 0), new TextLoader.Column("Text", DataKind.String, 1)]);
IDataView data = ml.Transforms.Conversion.MapValueToKey("Label", "Name").Fit(rows).Transform(rows);
int rest = int.Parse(args[4], CultureInfo.InvariantCulture);
var options = new FineTuneOptions
{
    Freezing = FreezingPlan.LastBlocks(2),
    UnfreezeEveryEpochs = 1,
    PrefixMemory = 1000,
    Training = new TrainingOptions
    {
        EpochCount = 4,
        BatchSize = 8,
        LearningRate = 1e-3,
        HeldOutFraction = 0.2,
        Seed = 7,
        CheckpointPath = args[2],
        CheckpointEverySteps = 3,
        Progress = new Steps(step =>
        {
            Thread.Sleep(rest);
            Console.WriteLine(step.ToString(CultureInfo.InvariantCulture));
        }),
    },
};
using FineTunedTransformer model = ml.MulticlassClassification.Trainers.FineTuneText(Backbone.Open(args[0]), options, new TextEmbeddingOptions()).Fit(data);
ml.Model.Save(model, data.Schema, args[3]);
return 0;

internal sealed class Steps(Action<long> onStep) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        if (value.HeldOutLoss is null)
            onStep(value.Step);
    }
}
