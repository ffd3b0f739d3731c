using Microsoft.ML;

namespace MLTransfer.Tests.Distillation;

internal sealed class DistillBackboneTests
{
    private static readonly string[] Words = ["red", "blue", "green", "car", "bus", "train", "runs", "stops", "fast", "slowly", "today", "never", "the", "a", "big", "small"];

    private readonly MLContext _ml = new(0);

    [Test]
    public void DistillBackbone_StaticStudent_ComesCloseToTheTeacher()
    {
        string[] texts = Texts(600, 1);
        Backbone teacher = StudentBackbones.StaticText(texts, new StaticTextOptions { Dimension = 48, Seed = 5 });
        Backbone student = StudentBackbones.StaticText(texts, new StaticTextOptions { Dimension = 32, Seed = 6 });
        DistilledBackbone result = _ml.Transfer().DistillBackbone(teacher, student, Rows(texts), new DistillBackboneOptions
        {
            FineTuning = DistillBackboneOptions.DefaultFineTuning with
            {
                Training = DistillBackboneOptions.DefaultFineTuning.Training with { EpochCount = 30, BatchSize = 64, LearningRate = 1e-2, HeldOutFraction = 0.1 },
            },
        });
        TestContext.Out.WriteLine(result.Report);
        Assert.That(result.Report.HeldOutAgreement, Is.GreaterThan(0.97));
    }

    [TestCase(48)]
    [TestCase(24)]
    public void DistillBackbone_StudentThatStartsFromTheTeacher_AgreesBeforeItHasLearntMuch(int dimension)
    {
        string[] texts = Texts(400, 1);
        Backbone teacher = StudentBackbones.StaticText(texts, new StaticTextOptions { Dimension = 48, Seed = 5 });
        Backbone student = StudentBackbones.StaticText(texts, new StaticTextOptions { Dimension = dimension, Teacher = teacher });
        DistilledBackbone result = _ml.Transfer().DistillBackbone(teacher, student, Rows(texts), new DistillBackboneOptions
        {
            FineTuning = DistillBackboneOptions.DefaultFineTuning with
            {
                Training = DistillBackboneOptions.DefaultFineTuning.Training with { EpochCount = 1, BatchSize = 400, LearningRate = 1e-6, HeldOutFraction = 0.1 },
            },
        });
        // Of 16 words 16 axes hold all; what is left is the weighting of words. With the axes as they come it is below 0.3.
        Assert.That(result.Report.HeldOutAgreement, Is.GreaterThan(0.85));
    }

    private static string[] Texts(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', Enumerable.Range(0, random.Next(3, 9)).Select(_ => Words[random.Next(Words.Length)])))];
    }

    private IDataView Rows(string[] texts) => _ml.Data.LoadFromEnumerable(texts.Select(t => new Row { Text = t }));

    private sealed class Row
    {
        public string Text { get; set; } = "";
    }
}
