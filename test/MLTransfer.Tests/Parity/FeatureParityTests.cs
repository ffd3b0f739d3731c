using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.ML;
using MLTransfer.Testing;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Parity;

/// <summary>Features and what they are worth, against transformers.js over the same graph.</summary>
internal sealed class FeatureParityTests
{
    private const int Dimension = 384;

    // Both run fp32 on ONNX Runtime, of different versions and in batches of different shapes; numbers are at most 1.
    private const float FeatureTolerance = 1e-4f;

    // Far above what differences of 1e-4 in the features do to ranks, far below what another pooling costs (the largest instead of the mean: 0.031).
    private const double SpearmanTolerance = 0.005;

    [TestCase("all-minilm-l6-v2")]
    [TestCase("gte-small")]
    public void EmbedText_SentencesOfManyKinds_GivesTheReferencesFeatures(string model)
    {
        Backbone backbone = Backbone.Open(RealAssets.Model(model));
        var ml = new MLContext(0);
        using TextEmbeddingTransformer fitted = TextRows.Fit(ml, backbone);
        string[] sentences = ParityFiles.Sentences();
        float[][] expected = ParityFiles.Features(model, Dimension);
        Assert.That(expected, Has.Length.EqualTo(sentences.Length));
        float[][] found = TextRows.Together(ml, fitted, sentences);
        float largest = found.Zip(expected, (f, e) => f.Zip(e, (a, b) => MathF.Abs(a - b)).Max()).Max();
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{model}: largest difference {largest:e2} over {sentences.Length} sentences"));
        Columns.AssertEqual(found, expected, FeatureTolerance, model);
    }

    [Test]
    public void EmbedText_SimilarityOfStsb_IsTheReferences()
    {
        JsonElement reference = ParityFiles.Json("stsb.json");
        string file = RealTexts.TestFile("stsb");
        string hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
        Assert.That(hash, Is.EqualTo(reference.GetProperty("sha256").GetString()), "the reference was asked about these rows");
        Backbone backbone = Backbone.Open(RealAssets.Model(reference.GetProperty("model").GetString()!));
        string[][] pairs = RealTexts.Read(file, "score", "text1", "text2");
        Assert.That(pairs, Has.Length.EqualTo(reference.GetProperty("rows").GetInt32()));
        var ml = new MLContext(0);
        using TextEmbeddingTransformer fitted = TextRows.Fit(ml, backbone);
        float[][] features = TextRows.Together(ml, fitted, [.. pairs.Select(p => p[1]), .. pairs.Select(p => p[2])]);
        double[] cosines = [.. features[..pairs.Length].Zip(features[pairs.Length..], TextRows.Cosine)];
        double[] scores = [.. pairs.Select(p => double.Parse(p[0], CultureInfo.InvariantCulture))];
        double spearman = RankCorrelation.Spearman(cosines, scores);
        double expected = reference.GetProperty("spearman").GetDouble();
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Spearman {spearman:f6}, reference {expected:f6}, {pairs.Length} pairs"));
        Assert.That(spearman, Is.EqualTo(expected).Within(SpearmanTolerance));
    }
}
