using Microsoft.ML;

namespace MLTransfer.Recipes;

public sealed class FineTuneRecipe : Recipe
{
    [SetUp]
    public void WriteEncoder() => Scenery.TextEncoder("encoder");

    [Test]
    public void ListBlocks()
    {
        // sample: list-blocks
        Backbone encoder = Backbone.Open("encoder");
        foreach (BackboneBlock block in encoder.ListBlocks())
            Console.WriteLine($"{block.Index}  {block.ParameterCount,5} numbers  up to {block.EndsAt}{(block.IsTrainable ? "" : $"  ({block.Problem})")}");
        // end
        Show("list-blocks");
    }

    [Test]
    public void FineTuneAndCompare()
    {
        // sample: fine-tune
        var ml = new MLContext(seed: 0);
        Backbone encoder = Backbone.Open("encoder");
        // Who pays whom: the words are the same, only their order differs.
        IDataView training = ml.Data.LoadFromEnumerable(Payments.Make(120, seed: 1));
        IDataView test = ml.Data.LoadFromEnumerable(Payments.Make(200, seed: 2));
        var keys = ml.Transforms.Conversion.MapValueToKey("Label");

        using var frozen = keys.Append(ml.Transforms.EmbedText("Features", encoder))
            .Append(ml.MulticlassClassification.Trainers.LinearHead()).Fit(training);
        var options = new FineTuneOptions
        {
            Freezing = FreezingPlan.LastBlocks(1),
            Training = new TrainingOptions { EpochCount = 20, BatchSize = 16, LearningRate = 2e-3 },
        };
        using var tuned = keys.Append(ml.MulticlassClassification.Trainers.FineTuneText(encoder, options, new TextEmbeddingOptions()))
            .Fit(training);

        double before = ml.MulticlassClassification.Evaluate(frozen.Transform(test)).MicroAccuracy;
        double after = ml.MulticlassClassification.Evaluate(tuned.Transform(test)).MicroAccuracy;
        Console.WriteLine($"fine-tuned: {after:0.0} right; better than frozen: {after > before}");
        // end
        Show("fine-tune");
    }

    [Test]
    public void UseItElsewhere()
    {
        // sample: fine-tuned-backbone
        var ml = new MLContext(seed: 0);
        IDataView training = ml.Data.LoadFromEnumerable(Payments.Make(120, seed: 1));
        IDataView data = ml.Transforms.Conversion.MapValueToKey("Label").Fit(training).Transform(training);
        using FineTunedTransformer tuned = ml.MulticlassClassification.Trainers.FineTuneText(Backbone.Open("encoder"), lastBlocks: 1).Fit(data);

        ml.Model.Save(tuned, data.Schema, "model.zip");       // loads like any other model
        tuned.ExportOnnx("payments");                         // one graph: encoder, pooling and head, with card and tokenizer

        // The adapted encoder is a backbone like any other.
        using var embed = ml.Transforms.EmbedText("Features", tuned.Backbone).Fit(data);
        Console.WriteLine($"{tuned.Backbone.Name}: {tuned.Backbone.Dimension} numbers a text");
        Console.WriteLine($"read back: {Backbone.Open("payments").Dimension} numbers a text");
        // end
        Show("fine-tuned-backbone");
    }

    [Test]
    public void Gradually()
    {
        // sample: fine-tune-gradually
        var ml = new MLContext(seed: 0);
        IDataView training = ml.Data.LoadFromEnumerable(Payments.Make(120, seed: 1));
        IDataView data = ml.Transforms.Conversion.MapValueToKey("Label").Fit(training).Transform(training);
        var options = new FineTuneOptions
        {
            Freezing = FreezingPlan.Everything,
            UnfreezeEveryEpochs = 2,          // two epochs for the head alone, two more with the last block, and so on
            BlockLearningRateDecay = 0.5,     // each earlier block learns half as fast
            Training = new TrainingOptions
            {
                EpochCount = 8,
                BatchSize = 16,
                LearningRate = 1e-3,
                L2Sp = 0.01,                               // pulls weights to where they started
                HeldOutFraction = 0.2,
                EarlyStopping = new EarlyStopping { Patience = 3 },
                CheckpointPath = "payments.checkpoint",    // killed and begun again, it ends with the same bits
                CheckpointEverySteps = 20,
            },
        };
        using FineTunedTransformer tuned = ml.MulticlassClassification.Trainers
            .FineTuneText(Backbone.Open("encoder"), options, new TextEmbeddingOptions()).Fit(data);
        Console.WriteLine($"kept the weights of one of {tuned.EpochCount} epochs: {tuned.BestEpoch < tuned.EpochCount}");
        // end
        Show("fine-tune-gradually");
    }
}
