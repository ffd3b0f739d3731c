using System.Globalization;
using Microsoft.ML;
using MLTransfer.Benchmarks.Measuring;
using MLTransfer.Testing;

namespace MLTransfer.Benchmarks.Quality;

/// <summary>
/// What distillation gains, in points of accuracy on test rows, over the very same student trained on the hard labels alone: a few labelled rows, the other training rows without their labels,
/// a teacher that was fitted on the labelled rows only. Five samples of labels each. Every setting was chosen on training rows.
/// </summary>
internal static class DistillQuality
{
    private const string TextTeacher = "gte-small";

    public static readonly int[] Seeds = [1, 2, 3, 4, 5];

    public static void Run(Figures figures)
    {
        Texts(figures, "banking77", [10]);
        Texts(figures, "trec", [10, 50]);
        Texts(figures, "rt-polarity", [10, 50]);
        Pictures(figures, "caltech20", [5]);
        Pictures(figures, "cifar10", [10, 50]);
    }

    private static void Texts(Figures figures, string set, int[] counts)
    {
        List<LabelledText>? train = LabelledText.Read(set, "train"), test = LabelledText.Read(set, "test");
        string? folder = Assets.FindModel(TextTeacher);
        if (train is null || test is null || folder is null)
        {
            figures.Skip($"distill-{set}-gain", folder is null ? $"the model {TextTeacher} is not on this machine" : $"the data set {set} is not on this machine");
            return;
        }
        var teacher = Backbone.Open(folder);
        Study(figures, new DistillStudy<LabelledText>
        {
            Set = set,
            Train = train,
            Test = test,
            Label = r => r.Label,
            Unlabelled = r => new LabelledText { Text = r.Text },
            Teacher = ml => ml.Transforms.EmbedText("TeacherFeatures", teacher).Append(ml.MulticlassClassification.Trainers.LinearHead(featureColumnName: "TeacherFeatures")),
            Students =
            [
                // Of the teacher's kind: a head on a backbone, which is far smaller.
                new("same", ml => ml.Transforms.EmbedText("Features", DefaultBackbones.Text), (_, _, seed) => DistillSettings.Head(seed, isLinear: false)),
                // Of another kind: no backbone at all.
                new("across", ml => ml.Transforms.Text.FeaturizeText("Features", "Text"), (_, _, seed) => DistillSettings.Head(seed, isLinear: true)),
            ],
        }, counts);
    }

    private static void Pictures(Figures figures, string set, int[] counts)
    {
        List<LabelledFile>? train = LabelledFile.Read(set, "train"), test = LabelledFile.Read(set, "test");
        if (MediaBackbones.Open(MediaBackbones.MobileNetV2) is not Backbone teacher || MediaBackbones.Open(MediaBackbones.MobileNetV1) is not Backbone small || train is null || test is null)
        {
            figures.Skip($"distill-{set}-gain", $"the data set {set} or a MobileNet is not on this machine");
            return;
        }
        Study(figures, new DistillStudy<LabelledFile>
        {
            Set = set,
            Train = train,
            Test = test,
            Label = r => r.Label,
            Unlabelled = r => new LabelledFile { Path = r.Path },
            Teacher = ml => ml.Transforms.EmbedImage("TeacherFeatures", teacher, "Path").Append(ml.MulticlassClassification.Trainers.LinearHead(featureColumnName: "TeacherFeatures")),
            Students =
            [
                new("same", ml => ml.Transforms.EmbedImage("Features", small, "Path"), (_, _, seed) => DistillSettings.Head(seed, isLinear: false)),
                // A network of its own, from random weights.
                new("across", null, (rows, all, seed) => DistillSettings.Pictures(rows, all, seed)),
            ],
        }, counts);
    }

    private static void Study<T>(Figures figures, DistillStudy<T> study, int[] counts)
        where T : class
    {
        foreach (int count in counts)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"distill-{study.Set}-{count}");
            double[] taught = new double[Seeds.Length];
            (double[] Hard, double[] Distilled)[] of = [.. study.Students.Select(_ => (new double[Seeds.Length], new double[Seeds.Length]))];
            for (int i = 0; i < Seeds.Length; i++)
            {
                var sample = DistillSample<T>.Draw(study, count, Seeds[i]);
                taught[i] = sample.TeacherAccuracy;
                for (int s = 0; s < study.Students.Length; s++)
                    (of[s].Hard[i], of[s].Distilled[i]) = sample.Measure(study.Students[s]);
            }
            figures.Add($"{name}-teacher", taught);
            for (int s = 0; s < study.Students.Length; s++)
            {
                string student = $"{name}-{study.Students[s].Kind}";
                figures.Add($"{student}-hard", of[s].Hard);
                figures.Add($"{student}-distilled", of[s].Distilled);
                figures.Add($"{student}-gain", [.. of[s].Distilled.Zip(of[s].Hard, (d, h) => 100 * (d - h))]);
            }
        }
    }
}
