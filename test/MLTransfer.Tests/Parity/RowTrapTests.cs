using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Parity;

/// <summary>A row's value does not depend on the rows that are scored with it, also where the graph would have it so.</summary>
internal sealed class RowTrapTests
{
    // fp32 sums of a few numbers of at most 1, in another order.
    private const float BatchTolerance = 1e-6f;

    private static readonly string[] Texts = TinyTexts.Distinct(40);

    [Test]
    public void EmbedText_Int8Exact_GivesEveryRowItsSingleRowValueToTheBit()
    {
        var ml = new MLContext(0);
        using TextEmbeddingTransformer model = TextRows.Fit(ml, TrapBackbones.Int8());
        (float[][] together, long runs) = TextRows.Counted(ml, model, Texts);
        Columns.AssertEqual(together, TextRows.OneByOne(ml, model, Texts), 0, "one row at a time");
        Assert.That(runs, Is.EqualTo(Texts.Length));
    }

    [Test]
    public void EmbedText_Int8Batched_ChangesRowsByTheirNeighboursAndWarns()
    {
        var ml = new MLContext(0);
        var warnings = new List<string>();
        ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                warnings.Add(e.RawMessage);
        };
        using TextEmbeddingTransformer model = TextRows.Fit(ml, TrapBackbones.Int8(), Int8Execution.Batched);
        (float[][] together, long runs) = TextRows.Counted(ml, model, Texts);
        float[][] alone = TextRows.OneByOne(ml, model, Texts);
        int unchanged = together.Zip(alone, (a, b) => a.SequenceEqual(b)).Count(e => e);
        Assert.That(unchanged, Is.LessThan(Texts.Length / 2), "rows that have their single-row value");
        Assert.That(runs, Is.LessThan(Texts.Length / 4));
        Assert.That(warnings, Has.Exactly(1).Contains("tiny-int8").And.Exactly(1).Contains("depend on the rows beside it"));
    }

    [Test]
    public void EmbedText_Int8InFloat_BatchesWithoutChangingRows()
    {
        var ml = new MLContext(0);
        using TextEmbeddingTransformer model = TextRows.Fit(ml, TrapBackbones.Int8(), Int8Execution.Float);
        (float[][] together, long runs) = TextRows.Counted(ml, model, Texts);
        Columns.AssertEqual(together, TextRows.OneByOne(ml, model, Texts), BatchTolerance, "float in a batch");
        Assert.That(runs, Is.LessThan(Texts.Length / 4));
        using TextEmbeddingTransformer exact = TextRows.Fit(ml, TrapBackbones.Int8());
        // Alone, a row's activations are rounded to 255 steps of its own range.
        Assert.That(together.Zip(TextRows.Together(ml, exact, Texts), TextRows.Cosine), Has.All.GreaterThan(0.99));
    }

    [Test]
    public void EmbedText_GraphWithoutMask_BatchesEqualLengthsOnly()
    {
        var ml = new MLContext(0);
        using TextEmbeddingTransformer model = TextRows.Fit(ml, TrapBackbones.MixingOverPadding(withMask: false));
        (float[][] together, long runs) = TextRows.Counted(ml, model, Texts);
        Columns.AssertEqual(together, TextRows.OneByOne(ml, model, Texts), BatchTolerance, "equal lengths in a batch");
        Assert.That(runs, Is.LessThan(Texts.Length), "some rows of equal length shared a run");
    }

    [Test]
    public void EmbedText_GraphThatIgnoresItsMask_ShowsWhatPaddingWouldDo()
    {
        var ml = new MLContext(0);
        using TextEmbeddingTransformer model = TextRows.Fit(ml, TrapBackbones.MixingOverPadding(withMask: true));
        float[][] together = TextRows.Together(ml, model, Texts);
        float[][] alone = TextRows.OneByOne(ml, model, Texts);
        float largest = together.Zip(alone, (a, b) => a.Zip(b, (x, y) => MathF.Abs(x - y)).Max()).Max();
        Assert.That(largest, Is.GreaterThan(0.01), "without the rule, graphs without a mask would do the same");
    }
}
