using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Recipes;

public sealed class EmbedImageRecipe : Recipe
{
    private static readonly string[] Kinds = ["sky", "meadow", "wall"];

    [Test]
    public void ClassifyPhotos()
    {
        Directory.CreateDirectory("photos");
        Photo[] labelledPhotos = [.. Kinds.SelectMany(k => Enumerable.Range(1, 4).Select(i => new Photo { Image = $"photos/{k}-{i}.bmp", Label = k }))];
        for (int i = 0; i < labelledPhotos.Length; i++)
            Scenery.Picture(labelledPhotos[i].Image, labelledPhotos[i].Label, seed: i);
        Scenery.Picture("photos/new-1.bmp", "meadow", seed: 100);
        Scenery.Picture("photos/new-2.bmp", "wall", seed: 101);
        Scenery.ImageGraph("backbone.onnx");

        // sample: classify-photos
        var ml = new MLContext(seed: 0);
        Backbone backbone = Backbone.Open("backbone.onnx", new BackboneOptions
        {
            Image = ImagePreprocessing.Torchvision(size: 32, resizeSize: 36),    // what the model was trained with
        });
        IDataView train = ml.Data.LoadFromEnumerable(labelledPhotos);            // Image: a path; Label: a text

        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.EmbedImage("Features", backbone, inputColumnName: "Image"))
            .Append(ml.MulticlassClassification.Trainers.LinearHead())
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        using var model = pipeline.Fit(train);
        ml.Model.Save(model, train.Schema, "model.zip");

        ITransformer loaded = ml.Model.Load("model.zip", out _);
        using var engine = ml.Model.CreatePredictionEngine<Photo, Prediction>(loaded);
        foreach (string path in new[] { "photos/new-1.bmp", "photos/new-2.bmp" })
            Console.WriteLine($"{path} {engine.Predict(new Photo { Image = path }).PredictedLabel}");
        // end
        Show("classify-photos");
    }

    [Test]
    public void RowsThatCannotBeRead()
    {
        Scenery.Picture("good.bmp", "sky", seed: 1);
        File.WriteAllText("text.jpg", "This is no picture.");
        Scenery.ImageGraph("backbone.onnx");
        Backbone backbone = Backbone.Open("backbone.onnx", new BackboneOptions { Image = ImagePreprocessing.Torchvision(size: 32, resizeSize: 36) });

        // sample: rows-that-cannot-be-read
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable(new[] { new Photo { Image = "good.bmp" }, new Photo { Image = "text.jpg" }, new Photo { Image = "gone.jpg" } });
        var errors = new ErrorList();
        var options = new ImageEmbeddingOptions { OnError = RowErrorPolicy.SkipRow, RowErrors = errors };
        using var embed = ml.Transforms.EmbedImage(backbone, options).Fit(data);
        Console.WriteLine($"{embed.Transform(data).GetColumn<string>("Image").Count()} row of 3 is left");
        foreach (RowError error in errors)
            Console.WriteLine($"row {error.Row} ({error.Source})");
        // end
        Show("rows-that-cannot-be-read");
    }

    [Test]
    public void ChooseAFeature()
    {
        Scenery.ImageGraph("classifier.onnx", scoresOnly: true);

        // sample: choose-a-feature
        Backbone classifier = Backbone.Open("classifier.onnx", new BackboneOptions { Image = ImagePreprocessing.Torchvision(size: 32, resizeSize: 36) });
        Console.WriteLine(classifier);
        foreach (BackboneFeature feature in classifier.ListFeatures())
            Console.WriteLine($"{feature.Name} [{string.Join(", ", feature.Shape)}]{(feature.IsPenultimate ? " (penultimate layer)" : "")}");
        Backbone backbone = classifier.WithFeature("pooled");
        Console.WriteLine(backbone);
        // end
        Show("choose-a-feature");
    }

    private sealed class Photo
    {
        public string Image { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class ErrorList : List<RowError>, IProgress<RowError>
    {
        public void Report(RowError value) => Add(value);
    }
}
