using Microsoft.ML;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Distillation.Students;

/// <summary>The static embedding: what it computes, that it learns, what a teacher gives it.</summary>
internal sealed class StaticTextTests
{
    private static readonly StaticTextOptions Small = new() { Dimension = 16, VocabularySize = 200, MaximumLength = 16 };

    private static string[] Texts(int count) => [.. StudentRows.Worded(count).Select(r => r.Text)];

    [Test]
    public void StaticText_IsTheWeightedSumOfItsTokens_AtUnitLength()
    {
        Backbone backbone = StudentBackbones.StaticText(Texts(60), Small);
        using OnnxModel model = backbone.Source.Read();
        float[] table = model.Graph.Initializers.Single(t => t.Name == "token_table").ToFloats(), weights = model.Graph.Initializers.Single(t => t.Name == "token_weights").ToFloats();
        int[] ids = backbone.Tokenizer!.Encode("my card is my loan", 16).Ids[1..^1];
        float[] expected = [.. Enumerable.Range(0, 16).Select(i => ids.Sum(id => weights[id] * table[id * 16 + i]))];
        float norm = MathF.Sqrt(expected.Sum(v => v * v));
        Assert.That(StudentRows.Features(backbone, "my card is my loan")[0], Is.EqualTo(expected.Select(v => v / norm)).Within(1e-6));
        // Equation 4: 'my' is in every text, 'mortgage' in few.
        int[] some = backbone.Tokenizer.Encode("my mortgage", 16).Ids[1..^1];
        Assert.That(weights[some[0]], Is.LessThan(0.02).And.LessThan(0.5 * weights[some[1]]));
        Assert.That(weights[..5], Is.All.EqualTo(1), "special tokens never occur");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void TextStudents_CancelledWhileTextsAreRead_Throw(bool transformer)
    {
        using CancellationTokenSource source = new();
        int read = 0;
        IEnumerable<string> Endless()
        {
            while (true)
            {
                if (++read == 100)
                    source.Cancel();
                yield return $"text {read}";
            }
        }
        Func<Backbone> make = transformer ? () => StudentBackbones.TransformerText(Endless(), new TransformerTextOptions { CancellationToken = source.Token })
            : () => StudentBackbones.StaticText(Endless(), Small with { CancellationToken = source.Token });
        Assert.That(() => make(), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(read, Is.EqualTo(100));
    }

    [TestCase("")]
    [TestCase("ω ξ")]
    public void StaticText_NoKnownToken_GivesZeros(string text)
    {
        Backbone backbone = StudentBackbones.StaticText(Texts(60), Small);
        float[][] features = StudentRows.Features(backbone, text, "my card is at last clara's");
        Assert.That(features[0], Is.EqualTo(new float[16]));
        Assert.That(features[1].Sum(v => v * v), Is.EqualTo(1).Within(1e-5));
    }

    [Test]
    public void StaticText_RowsBesideALongerOne_AreAsAlone()
    {
        Backbone backbone = StudentBackbones.StaticText(Texts(60), Small);
        string[] texts = ["twice my mortgage is at last again twice fabio's", "card", "my card", "", "elena's loan"];
        float[][] together = StudentRows.Features(backbone, texts);
        for (int i = 0; i < texts.Length; i++)
            Assert.That(StudentRows.Features(backbone, texts[i])[0], Is.EqualTo(together[i]).Within(1e-5f), texts[i]);
    }

    [Test]
    public void StaticText_SameOptions_GivesTheSameBytes()
    {
        string[] texts = Texts(60);
        Backbone first = StudentBackbones.StaticText(texts, Small);
        Assert.That(StudentBackbones.StaticText(texts.Reverse(), Small).Sha256, Is.EqualTo(first.Sha256));
        Assert.That(StudentBackbones.StaticText(texts, Small with { Seed = 1 }).Sha256, Is.Not.EqualTo(first.Sha256));
    }

    [Test]
    public void FineTuneText_FromRandomVectors_LearnsWords_AlsoWhereRowsHaveNone()
    {
        var ml = new MLContext(0);
        StudentRow[] rows = StudentRows.Worded(150);
        IDataView training = StudentRows.Keyed(ml, [.. rows, new StudentRow { Text = "", Class = "topic 0" }]), test = StudentRows.Keyed(ml, StudentRows.Worded(150, seed: 9));
        var options = new FineTuneOptions
        {
            Freezing = FreezingPlan.Everything,
            StartFromLinearHead = false,
            HeadLearningRateFactor = 1,
            Dropout = 0,
            Training = new TrainingOptions { EpochCount = 20, BatchSize = 16, LearningRate = 2e-2 },
        };
        using FineTunedTransformer tuned = ml.MulticlassClassification.Trainers.FineTuneText(StudentBackbones.StaticText(rows.Select(r => r.Text), Small), options, new TextEmbeddingOptions()).Fit(training);
        Assert.That(ml.MulticlassClassification.Evaluate(tuned.Transform(test)).MicroAccuracy, Is.GreaterThan(0.97));
        Assert.That(Columns.Vectors(tuned.Transform(test), "Score").SelectMany(s => s), Is.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public void StaticText_OfATeacher_HasItsVocabularyAndTheDirectionsOfItsFeatures()
    {
        Backbone teacher = TinyBackbones.Text();
        string[] texts = ["my payment is lost", "how do I pay?", "transfer money to the bank account", "open a new card", "late fees", "not working, please help!"];
        Backbone student = StudentBackbones.StaticText(texts, Small with { Dimension = TinyBackbones.TextDimension, Teacher = teacher });
        Assert.That(student.Tokenizer!.Encode("my payment", 16).Ids.Select(student.Tokenizer.Token), Is.EqualTo(new[] { "[CLS]", "my", "pay", "##ment", "[SEP]" }));
        // As many numbers as the teacher's, so each token's vector is the teacher's feature, times what is one for all.
        string[] words = ["my", "pay", "lost", "bank", "card", "help"];
        using OnnxModel model = student.Source.Read();
        float[] table = model.Graph.Initializers.Single(t => t.Name == "token_table").ToFloats();
        string[] tokens = [.. Enumerable.Range(5, student.Tokenizer.VocabularySize - 5).Select(student.Tokenizer.Token)];
        float[][] own = StudentRows.Features(teacher, words);
        float[][] found = [.. words.Select(w => table.AsSpan((5 + Array.IndexOf(tokens, w)) * 6, 6).ToArray())];
        double scale = Math.Sqrt(found[0].Sum(v => v * v) / own[0].Sum(v => v * v));
        for (int i = 0; i < words.Length; i++)
            Assert.That(found[i], Is.EqualTo(own[i].Select(v => (float)(scale * v))).Within(1e-4), words[i]);
    }

    [Test]
    public void StaticText_RefusesWhatCannotBe()
    {
        Assert.That(() => StudentBackbones.StaticText(["my card"], Small with { Teacher = TinyBackbones.Text(), Dimension = 7 }), Throws.ArgumentException.With.Message.Contains("6 numbers"));
        Assert.That(() => StudentBackbones.StaticText(["my card"], Small with { Teacher = TinyBackbones.Text(tokens: 8), Dimension = 6 }), Throws.TypeOf<NotSupportedException>().With.Message.Contains("8"));
        Assert.That(() => StudentBackbones.StaticText(["my card"], Small with { Teacher = TinyBackbones.Text(Pooling.None), Dimension = 6 }), Throws.TypeOf<NotSupportedException>().With.Message.Contains("None"));
        Assert.That(() => new StaticTextOptions { Teacher = TinyBackbones.Tensor() }, Throws.ArgumentException.With.Property("ParamName").EqualTo("Teacher"));
        Assert.That(() => StudentBackbones.StaticText([""]), Throws.ArgumentException.With.Message.Contains("1 text(s)"));
        Refused(nameof(StaticTextOptions.Dimension), () => new StaticTextOptions { Dimension = 0 });
        Refused(nameof(StaticTextOptions.VocabularySize), () => new StaticTextOptions { VocabularySize = 10 });
        Refused(nameof(StaticTextOptions.MaximumLength), () => new StaticTextOptions { MaximumLength = 2 });

        static void Refused(string option, Func<object> make) => Assert.That(() => make(), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo(option));
    }
}
