using Microsoft.ML;

namespace MLTransfer.Recipes;

public sealed class HeadRecipe : Recipe
{
    [Test]
    public void BinaryHead()
    {
        // sample: binary-head
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(Tickets.Training.Select(t => new Urgency { Text = t.Text, Label = t.Label == "refund" }));

        using var model = ml.Transforms.EmbedText("Features", DefaultBackbones.Text)
            .Append(ml.BinaryClassification.Trainers.LinearHead())
            .Fit(data);
        using var engine = ml.Model.CreatePredictionEngine<Urgency, UrgencyPrediction>(model);
        UrgencyPrediction prediction = engine.Predict(new Urgency { Text = "Give me my money back." });
        Console.WriteLine($"about a refund: {prediction.PredictedLabel}");
        // end
        Show("binary-head");
    }

    [Test]
    public void SearchRegularization()
    {
        // sample: regularization-search
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(Tickets.Training);
        var chosen = new List<double>();
        var options = new LinearHeadOptions
        {
            RegularizationSearch = new RegularizationSearch { Strongest = 10, Weakest = 0.001, FoldCount = 4 },
            ClassWeights = ClassWeights.Balanced,
            Progress = new Watch(p => chosen.Add(p.Regularization)),
        };
        using var model = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.EmbedText("Features", DefaultBackbones.Text))
            .Append(ml.MulticlassClassification.Trainers.LinearHead(options))
            .Fit(data);
        Console.WriteLine($"strengths tried: {chosen.Distinct().Count()}");
        // end
        Show("regularization-search");
    }

    private sealed class Urgency
    {
        public string Text { get; set; } = "";

        public bool Label { get; set; }
    }

    private sealed class UrgencyPrediction
    {
        public bool PredictedLabel { get; set; }
    }

    private sealed class Watch(Action<HeadTrainingProgress> report) : IProgress<HeadTrainingProgress>
    {
        public void Report(HeadTrainingProgress value) => report(value);
    }
}
