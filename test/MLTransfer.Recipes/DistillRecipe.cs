using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Recipes;

public sealed class DistillRecipe : Recipe
{
    [SetUp]
    public void SaveTeachers()
    {
        Mailbox.SaveTeacher("teacher.zip", 600, seed: 7);
        Mailbox.SaveTeacher("other.zip", 60, seed: 8);
    }

    [Test]
    public void HeadOnNgrams()
    {
        // sample: distill-head
        var ml = new MLContext(seed: 0);
        Ticket[] few = Mailbox.Make(15, seed: 1);
        IDataView labelled = ml.Data.LoadFromEnumerable(few);
        IDataView all = ml.Data.LoadFromEnumerable(few.Concat(Mailbox.MakeUnlabelled(600, seed: 2)));
        IDataView test = ml.Data.LoadFromEnumerable(Mailbox.Make(300, seed: 3));

        // An empty label becomes a missing key: such a row learns from the teacher alone.
        var prepare = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.Text.ProduceHashedWordBags("Words", "Text", numberOfBits: 10)).Fit(labelled);
        Student student = Student.Head("Words", hiddenUnits: []);
        ITransformer teacher = ml.Model.Load("teacher.zip", out _);

        using DistilledTransformer taught = ml.MulticlassClassification.Trainers
            .Distilled(Teacher.FromModel(teacher), student, cacheFolder: "outputs").Fit(prepare.Transform(all));
        using DistilledTransformer alone = ml.MulticlassClassification.Trainers
            .Distilled(new DistilledOptions { Student = student, Losses = [DistillationLoss.Hard(1)] }).Fit(prepare.Transform(labelled));

        double Accuracy(ITransformer model) => ml.MulticlassClassification.Evaluate(model.Transform(prepare.Transform(test))).MicroAccuracy;
        Console.WriteLine($"{taught.Report.LabelledRowCount} of {taught.Report.RowCount} rows have a label");
        Console.WriteLine($"better than on labels alone: {Accuracy(taught) > Accuracy(alone)}; over 95 % right: {Accuracy(taught) > 0.95}");
        // end
        Show("distill-head");
    }

    [Test]
    public void FreshNetwork()
    {
        // sample: distill-fresh
        var ml = new MLContext(seed: 0);
        Ticket[] rows = [.. Mailbox.Make(15, seed: 1), .. Mailbox.MakeUnlabelled(600, seed: 2)];
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        var keys = ml.Transforms.Conversion.MapValueToKey("Label").Fit(data);
        ITransformer teacher = ml.Model.Load("teacher.zip", out _);

        // A transformer of one layer with a vocabulary made from the texts; StaticText is faster still, but knows no order of words.
        Backbone fresh = StudentBackbones.TransformerText(rows.Select(r => r.Text), new TransformerTextOptions { LayerCount = 1, Dimension = 32, FeedForwardDimension = 64 });
        Student student = Student.Text(fresh, FineTuneOptions.FromScratch, new TextEmbeddingOptions { Normalize = false });
        using DistilledTransformer taught = ml.MulticlassClassification.Trainers.Distilled(Teacher.FromModel(teacher), student).Fit(keys.Transform(data));

        ml.Model.Save(taught, keys.Transform(data).Schema, "student.zip");    // needs no teacher
        IDataView test = keys.Transform(ml.Data.LoadFromEnumerable(Mailbox.Make(300, seed: 3)));
        double accuracy = ml.MulticlassClassification.Evaluate(ml.Model.Load("student.zip", out _).Transform(test)).MicroAccuracy;
        Console.WriteLine($"{taught.Backbone!.Dimension} numbers a text; over 95 % right: {accuracy > 0.95}");
        // end
        Show("distill-fresh");
    }

    [Test]
    public void Pictures()
    {
        string[] kinds = ["sky", "meadow", "wall"];
        Directory.CreateDirectory("photos");
        for (int i = 0; i < 60; i++)
            Scenery.Picture($"photos/{i}.bmp", kinds[i % 3], seed: i);
        Scenery.ImageGraph("backbone.onnx");
        Backbone backbone = Backbone.Open("backbone.onnx", new BackboneOptions { Image = ImagePreprocessing.Torchvision(size: 32, resizeSize: 36) });

        // sample: distill-image
        var ml = new MLContext(seed: 0);
        // photos/0.bmp to photos/44.bmp; of the first six it is known what they show.
        Photo[] photos = [.. Enumerable.Range(0, 45).Select(i => new Photo { Image = $"photos/{i}.bmp", Label = i < 6 ? kinds[i % 3] : "" })];
        IDataView few = ml.Data.LoadFromEnumerable(photos[..6]), all = ml.Data.LoadFromEnumerable(photos);
        var keys = ml.Transforms.Conversion.MapValueToKey("Label").Fit(few);
        using var teacher = ml.Transforms.EmbedImage("TeacherFeatures", backbone, inputColumnName: "Image")
            .Append(ml.MulticlassClassification.Trainers.LinearHead(featureColumnName: "TeacherFeatures")).Fit(keys.Transform(few));

        Backbone fresh = StudentBackbones.ConvolutionImage(new ConvolutionImageOptions { ImageSize = 32, Width = 8, BlocksPerStage = 1 });
        var options = FineTuneOptions.FromScratch with { Training = FineTuneOptions.FromScratch.Training with { EpochCount = 8, BatchSize = 16, LearningRate = 3e-3 } };
        var pictures = new ImageEmbeddingOptions
        {
            Augmentation = new ImageAugmentation { CropScale = 0.5, FlipProbability = 0.5 },
            AugmentedViewCount = 3,    // each photo as it is, and three times changed at random
        };
        using DistilledTransformer taught = ml.MulticlassClassification.Trainers
            .Distilled(Teacher.FromModel(teacher), ImageStudent.Create(fresh, options, pictures)).Fit(keys.Transform(all));

        IDataView test = ml.Data.LoadFromEnumerable(Enumerable.Range(45, 15).Select(i => new Photo { Image = $"photos/{i}.bmp", Label = kinds[i % 3] }));
        double accuracy = ml.MulticlassClassification.Evaluate(taught.Transform(keys.Transform(test))).MicroAccuracy;
        Console.WriteLine($"{taught.Report.LabelledRowCount} of {taught.Report.RowCount} photos have a label; over 90 % right: {accuracy > 0.9}");
        // end
        Show("distill-image");
    }

    [Test]
    public void WholeBackbone()
    {
        // sample: distill-backbone
        var ml = new MLContext(seed: 0);
        Ticket[] rows = Mailbox.MakeUnlabelled(600, seed: 2);
        Backbone teacher = DefaultBackbones.Text;    // stands for a large one
        Backbone start = StudentBackbones.StaticText(rows.Select(r => r.Text), new StaticTextOptions { Dimension = 64, Teacher = teacher });

        var options = new DistillBackboneOptions
        {
            Losses = [DistillationLoss.Cosine(1), DistillationLoss.Similarity(temperature: 0.1, weight: 1)],
            CacheFolder = "outputs",
            FineTuning = DistillBackboneOptions.DefaultFineTuning with
            {
                Training = DistillBackboneOptions.DefaultFineTuning.Training with { EpochCount = 10, HeldOutFraction = 0.2 },
            },
        };
        DistilledBackbone small = ml.Transfer().DistillBackbone(teacher, start, ml.Data.LoadFromEnumerable(rows), options);

        small.Backbone.WithInt8Weights().Save("small");
        Console.WriteLine($"agreement over 0.9: {small.Report.HeldOutAgreement > 0.9}");
        Console.WriteLine($"{Backbone.Open("small").Dimension} numbers a text, below 100 KB: {new FileInfo("small/model.onnx").Length < 100_000}");
        // end
        Show("distill-backbone");
    }

    [Test]
    public void SeveralTeachers()
    {
        // sample: distill-teachers
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(Mailbox.Make(15, seed: 1).Concat(Mailbox.MakeUnlabelled(600, seed: 2)));
        var prepare = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.Text.ProduceHashedWordBags("Words", "Text", numberOfBits: 10)).Fit(data);

        // Each counts by its weight and, row by row, by how sure it is.
        var teacher = Teacher.Ensemble(TeacherWeighting.Confidence,
            (Teacher.FromModel(ml.Model.Load("teacher.zip", out _)), 2),
            (Teacher.FromModel(ml.Model.Load("other.zip", out _)), 1));
        using DistilledTransformer taught = ml.MulticlassClassification.Trainers.Distilled(teacher, Student.Head("Words", hiddenUnits: [])).Fit(prepare.Transform(data));
        Console.WriteLine($"runs of teachers: two for each different text: {taught.Report.TeacherRowsRun == 2 * data.GetColumn<string>("Text").Distinct().Count()}");
        // end
        Show("distill-teachers");
    }

    private sealed class Photo
    {
        public string Image { get; set; } = "";

        public string Label { get; set; } = "";
    }
}
