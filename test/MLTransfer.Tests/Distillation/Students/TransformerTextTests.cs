using Microsoft.ML;

namespace MLTransfer.Tests.Distillation.Students;

/// <summary>The small transformer: what it computes, that it learns, what it refuses.</summary>
internal sealed class TransformerTextTests
{
    private static readonly TransformerTextOptions Small = new() { Dimension = 32, FeedForwardDimension = 64, VocabularySize = 200, MaximumLength = 16 };

    private static string[] Texts(int count) => [.. StudentRows.Ordered(count).Select(r => r.Text)];

    [Test]
    public void TransformerText_SameOptions_GivesTheSameBytes_WhateverTheOrderOfTexts()
    {
        string[] texts = Texts(60);
        Backbone first = StudentBackbones.TransformerText(texts, Small);
        Assert.That(StudentBackbones.TransformerText(texts.Reverse(), Small).Sha256, Is.EqualTo(first.Sha256));
        Assert.That(StudentBackbones.TransformerText(texts, Small with { Seed = 1 }).Sha256, Is.Not.EqualTo(first.Sha256));
    }

    [TestCase(null, 32)]
    [TestCase(48, 48)]
    public void TransformerText_GivesFeaturesOfItsDimension(int? outputs, int dimension)
    {
        Backbone backbone = StudentBackbones.TransformerText(Texts(60), Small with { OutputDimension = outputs, EmbeddingDimension = 8, Normalize = true });
        float[] feature = StudentRows.Features(backbone, "anna pays the bank")[0];
        Assert.That(feature, Has.Length.EqualTo(dimension));
        Assert.That(feature.Sum(v => v * v), Is.EqualTo(1).Within(1e-5));
        Assert.That(backbone.Dimension, Is.EqualTo(dimension));
    }

    [Test]
    public void TransformerText_RowsBesideALongerOne_AreAsAlone()
    {
        Backbone backbone = StudentBackbones.TransformerText(Texts(60), Small);
        string[] texts = ["anna pays the bank at last twice today again quickly", "the bank pays bruno", "", "?", "clara"];
        float[][] together = StudentRows.Features(backbone, texts);
        for (int i = 0; i < texts.Length; i++)
            Assert.That(StudentRows.Features(backbone, texts[i])[0], Is.EqualTo(together[i]).Within(1e-5f), texts[i]);
        Assert.That(together[1], Is.Not.EqualTo(together[4]).Within(1e-3f));
    }

    [Test]
    public void FineTuneText_FromRandomWeights_LearnsTheOrderOfWords()
    {
        var ml = new MLContext(0);
        StudentRow[] rows = StudentRows.Ordered(160);
        IDataView training = StudentRows.Keyed(ml, rows), test = StudentRows.Keyed(ml, StudentRows.Ordered(160, seed: 9));
        Backbone backbone = StudentBackbones.TransformerText(rows.Select(r => r.Text), Small);
        var options = new FineTuneOptions
        {
            Freezing = FreezingPlan.Everything,
            StartFromLinearHead = false,
            HeadLearningRateFactor = 1,
            Dropout = 0,
            Training = new TrainingOptions { EpochCount = 15, BatchSize = 16, LearningRate = 2e-3 },
        };
        using FineTunedTransformer tuned = ml.MulticlassClassification.Trainers.FineTuneText(backbone, options, new TextEmbeddingOptions()).Fit(training);
        Assert.That(ml.MulticlassClassification.Evaluate(tuned.Transform(test)).MicroAccuracy, Is.GreaterThan(0.97));
    }

    [Test]
    public void TransformerText_AllItsWeightsCanBeTrained()
    {
        IReadOnlyList<BackboneBlock> blocks = StudentBackbones.TransformerText(Texts(60), Small with { EmbeddingDimension = 8, OutputDimension = 5 }).ListBlocks();
        Assert.That(blocks.Select(b => b.Problem), Is.All.Null);
        string[] names = [.. blocks.SelectMany(b => b.ParameterNames)];
        Assert.That(names, Has.Member("token_table").And.Member("position_table").And.Member("token_projection").And.Member("layer1_feed_out_weights").And.Member("last_norm_scale").And.Member("output_biases"));
        Assert.That(names.Count(n => n.StartsWith("layer0", StringComparison.Ordinal)), Is.EqualTo(16));
        // The tables, two layers and what follows them.
        Assert.That(blocks.Select(b => b.ParameterNames.Count), Is.EqualTo(new[] { 3, 16, 18, 2 }), string.Join(" | ", blocks.Select(b => $"{b.EndsAt}: {string.Join(", ", b.ParameterNames)}")));
    }

    [Test]
    public void TransformerText_TextsWithoutWords_IsRefused()
    {
        Assert.That(() => StudentBackbones.TransformerText([]), Throws.ArgumentException.With.Message.Contains("0 text(s)"));
        Assert.That(() => StudentBackbones.TransformerText([" ", "\t"]), Throws.ArgumentException.With.Message.Contains("2 text(s)"));
        Assert.That(() => StudentBackbones.TransformerText(["a", null!]), Throws.ArgumentException.With.Message.Contains("index 1"));
        Assert.That(() => StudentBackbones.TransformerText(null!), Throws.ArgumentNullException);
    }

    [Test]
    public void TransformerText_OptionsThatContradict_AreRefused()
    {
        Assert.That(() => StudentBackbones.TransformerText(["a"], new TransformerTextOptions { HeadCount = 5 }), Throws.ArgumentException.With.Message.Contains("HeadCount"));
        Assert.That(() => StudentBackbones.TransformerText(["a"], new TransformerTextOptions { EmbeddingDimension = 129 }), Throws.ArgumentException.With.Message.Contains("EmbeddingDimension"));
    }

    [Test]
    public void Options_OutOfRange_AreNamed()
    {
        Refused(nameof(TransformerTextOptions.LayerCount), () => new TransformerTextOptions { LayerCount = 0 });
        Refused(nameof(TransformerTextOptions.Dimension), () => new TransformerTextOptions { Dimension = 3 });
        Refused(nameof(TransformerTextOptions.HeadCount), () => new TransformerTextOptions { HeadCount = 0 });
        Refused(nameof(TransformerTextOptions.FeedForwardDimension), () => new TransformerTextOptions { FeedForwardDimension = 0 });
        Refused(nameof(TransformerTextOptions.EmbeddingDimension), () => new TransformerTextOptions { EmbeddingDimension = 0 });
        Refused(nameof(TransformerTextOptions.OutputDimension), () => new TransformerTextOptions { OutputDimension = 0 });
        Refused(nameof(TransformerTextOptions.VocabularySize), () => new TransformerTextOptions { VocabularySize = 63 });
        Refused(nameof(TransformerTextOptions.MaximumLength), () => new TransformerTextOptions { MaximumLength = 2 });
        Assert.That(() => new TransformerTextOptions { VocabularyOf = Support.TinyBackbones.Tensor() }, Throws.ArgumentException.With.Property("ParamName").EqualTo("VocabularyOf"));

        static void Refused(string option, Func<object> make) => Assert.That(() => make(), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo(option));
    }
}
