using Microsoft.ML;

namespace MLTransfer.Recipes;

public sealed class MlpHeadRecipe : Recipe
{
    [Test]
    public void TrainMlpHead()
    {
        // sample: mlp-head
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(Requests.All);
        var options = new MlpHeadOptions
        {
            HiddenUnits = [64],
            LabelSmoothing = 0.1,
            Training = MlpHeadOptions.DefaultTraining with
            {
                HeldOutFraction = 0.2,
                EarlyStopping = new EarlyStopping { Patience = 10 },
            },
        };
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", "Topics")
            .Append(ml.Transforms.EmbedText("Features", DefaultBackbones.Text))
            .Append(ml.MulticlassClassification.Trainers.MlpHead(options))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        using var model = pipeline.Fit(data);
        using var engine = ml.Model.CreatePredictionEngine<Request, Prediction>(model);
        foreach (string text in (string[])["Cancel that mortgage of mine.", "Could I send money from savings?", "What does the card cost?"])
            Console.WriteLine($"{engine.Predict(new Request { Text = text }).PredictedLabel}: {text}");
        // end
        Show("mlp-head");
    }

    [Test]
    public void SeveralLabels()
    {
        // sample: multilabel-head
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(Requests.All);
        using var model = ml.Transforms.Text.TokenizeIntoWords("Words", "Topics")
            .Append(ml.Transforms.Conversion.MapValueToKey("Keys", "Words"))
            .Append(ml.Transforms.Conversion.MapKeyToVector("Label", "Keys", outputCountVector: true))
            .Append(ml.Transforms.EmbedText("Features", DefaultBackbones.Text))
            .Append(ml.MulticlassClassification.Trainers.MultilabelMlpHead())
            .Fit(data);
        IReadOnlyList<string> topics = model.LastTransformer.Model.Labels;

        using var engine = ml.Model.CreatePredictionEngine<Request, Found>(model);
        Found found = engine.Predict(new Request { Text = "Please cancel my mortgage and transfer the rest." });
        Console.WriteLine(string.Join(", ", topics.Where((_, k) => found.PredictedLabel[k])));

        MultilabelMetrics metrics = ml.Transfer().EvaluateMultilabel(model.Transform(data));
        Console.WriteLine($"micro-F1 on its own training rows: {metrics.MicroF1:F2}");
        // end
        Show("multilabel-head");
    }
}
