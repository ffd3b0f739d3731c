using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLTransfer.Testing;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Parity;

/// <summary>Rows of the real encoders do not see each other.</summary>
internal sealed class Int8ParityTests
{
    private const string Float32 = "all-minilm-l6-v2";
    private const string Int8 = "all-minilm-l6-v2-q8";
    private const int RowCount = 64;

    // fp32 sums of 384 numbers of at most 1, in kernels that choose their order by the shape of the batch.
    private const float BatchTolerance = 1e-5f;

    [Test]
    public void EmbedText_Float32InBatches_GivesEveryRowItsSingleRowValue()
    {
        var ml = new MLContext(0);
        using TextEmbeddingTransformer model = TextRows.Fit(ml, Backbone.Open(RealAssets.Model(Float32)));
        AssertRowsAlone(ml, model, BatchTolerance, batches: true, Float32);
    }

    [Test]
    public void EmbedText_Int8Exact_GivesEveryRowItsSingleRowValueToTheBit()
    {
        var ml = new MLContext(0);
        using TextEmbeddingTransformer model = TextRows.Fit(ml, Backbone.Open(RealAssets.Model(Int8)));
        AssertRowsAlone(ml, model, 0, batches: false, Int8);
    }

    [Test]
    public void EmbedText_Int8InFloat_BatchesAndIsCloseToTheFloatModel()
    {
        var ml = new MLContext(0);
        string[] texts = RealTexts.Questions(RowCount);
        using TextEmbeddingTransformer model = TextRows.Fit(ml, Backbone.Open(RealAssets.Model(Int8)), Int8Execution.Float);
        float[][] found = AssertRowsAlone(ml, model, BatchTolerance, batches: true, $"{Int8} in float");
        using TextEmbeddingTransformer full = TextRows.Fit(ml, Backbone.Open(RealAssets.Model(Float32)));
        double[] cosines = [.. found.Zip(TextRows.Together(ml, full, texts), TextRows.Cosine)];
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"cosine with {Float32}: smallest {cosines.Min():f5}, mean {cosines.Average():f5}"));
        // What is left between them is the rounding of the weights to 8 bits.
        Assert.That(cosines, Has.All.GreaterThan(0.99));
    }

    [Test]
    public void EmbedText_Int8Batched_WarnsThatRowsDependOnTheirNeighbours()
    {
        var ml = new MLContext(0);
        var warnings = new List<string>();
        ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                warnings.Add(e.RawMessage);
        };
        string[] texts = RealTexts.Questions(RowCount);
        using TextEmbeddingTransformer model = TextRows.Fit(ml, Backbone.Open(RealAssets.Model(Int8)), Int8Execution.Batched);
        Assert.That(warnings, Has.Exactly(1).Contains(Int8).And.Exactly(1).Contains("depend on the rows beside it"));
        float[][] together = TextRows.Together(ml, model, texts);
        float[][] alone = TextRows.OneByOne(ml, model, texts);
        int equal = together.Zip(alone, (a, b) => a.SequenceEqual(b)).Count(e => e);
        double smallest = together.Zip(alone, TextRows.Cosine).Min();
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"batched: {equal} of {RowCount} rows equal, smallest cosine {smallest:f4}"));
        Assert.That(equal, Is.LessThan(RowCount / 2), "the trap that Exact and Float avoid");
    }

    private static float[][] AssertRowsAlone(MLContext ml, TextEmbeddingTransformer model, float tolerance, bool batches, string what)
    {
        string[] texts = RealTexts.Questions(RowCount);
        (float[][] together, long runs) = TextRows.Counted(ml, model, texts);
        Assert.That(runs, batches ? Is.LessThan(RowCount / 2) : Is.EqualTo(RowCount), "runs");
        float[][] alone = TextRows.OneByOne(ml, model, texts);
        float largest = together.Zip(alone, (a, b) => a.Zip(b, (x, y) => MathF.Abs(x - y)).Max()).Max();
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what}: {runs} runs, largest difference between batch and single row {largest:e2}"));
        Columns.AssertEqual(together, alone, tolerance, what);
        return together;
    }
}
