using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Recipes;

public sealed class ClassifyTextRecipe : Recipe
{
    private static readonly Ticket[] LabelledTickets = Tickets.Training;

    [Test]
    public void ClassifyText()
    {
        // sample: classify-text
        var ml = new MLContext(seed: 0);
        IDataView train = ml.Data.LoadFromEnumerable(LabelledTickets);

        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.EmbedText("Features", DefaultBackbones.Text, inputColumnName: "Text"))
            .Append(ml.MulticlassClassification.Trainers.LinearHead())
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

        using var model = pipeline.Fit(train);
        ml.Model.Save(model, train.Schema, "model.zip");

        ITransformer loaded = ml.Model.Load("model.zip", out _);
        using var engine = ml.Model.CreatePredictionEngine<Ticket, Prediction>(loaded);
        foreach (string text in new[] { "The driver never rang and my parcel is missing.", "When will I get my money back?", "It says my password is wrong." })
            Console.WriteLine($"{engine.Predict(new Ticket { Text = text }).PredictedLabel,-9} {text}");
        // end
        Show("classify-text");
    }

    [Test]
    public void Rows()
    {
        Assert.That(Tickets.Training, Has.Length.EqualTo(12));
        Show("ticket", Path.Combine(Testing.Assets.RepositoryRoot, "test", "MLTransfer.Recipes", "Ticket.cs"));
    }

    [Test]
    public void ScoreABatch()
    {
        var ml = new MLContext(seed: 0);
        IDataView train = ml.Data.LoadFromEnumerable(LabelledTickets);
        using var fitted = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.EmbedText("Features", DefaultBackbones.Text))
            .Append(ml.MulticlassClassification.Trainers.LinearHead())
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(train);
        ml.Model.Save(fitted, train.Schema, "model.zip");
        File.WriteAllLines("new.tsv", ["Text\tLabel", .. Tickets.New.Select(t => $"{t.Text}\t")]);

        // sample: score-a-batch
        ITransformer model = ml.Model.Load("model.zip", out _);
        IDataView rows = ml.Data.LoadFromTextFile("new.tsv",
            [new TextLoader.Column("Text", DataKind.String, 0), new TextLoader.Column("Label", DataKind.String, 1)], hasHeader: true);
        IDataView scored = model.Transform(rows);
        foreach (Prediction prediction in ml.Data.CreateEnumerable<Prediction>(scored, reuseRowObject: true))
            Console.WriteLine(prediction.PredictedLabel);
        // end
        Show("score-a-batch");
    }
}
