using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Schema;
using MLTransfer.Tests.Export;

namespace MLTransfer.Tests.Schema;

/// <summary>The closed members that an export reads, each by itself: an ML.NET that lacks one fails here.</summary>
internal sealed class MlNetInternalsExportTests
{
    [Test]
    public void GetThreshold_OfABinaryScorer_IsWhatItWasSetTo()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Transforms.CopyColumns("Features", "obs").Fit(ExportRows.Tensors(ml)).Transform(ExportRows.Tensors(ml));
        var head = ml.BinaryClassification.Trainers.LinearHead("Flag").Fit(data);
        Assert.That(MlNetInternals.GetThreshold(head), Is.EqualTo(("Score", 0f)));
        Assert.That(MlNetInternals.GetThreshold(ml.BinaryClassification.ChangeModelThreshold(head, 0.25f)), Is.EqualTo(("Score", 0.25f)));
    }

    [Test]
    public void GetColumnPairs_OfAStep_AreItsColumns()
    {
        var ml = new MLContext(0);
        ITransformer copy = ml.Transforms.CopyColumns("There", "obs").Fit(ExportRows.Tensors(ml));
        Assert.That(MlNetInternals.GetColumnPairs(copy), Is.EqualTo(new[] { ("There", "obs") }));
        Assert.That(MlNetInternals.GetColumnPairs(ml.Transforms.SelectColumns("obs").Fit(ExportRows.Tensors(ml))), Is.Null);
    }

    [Test]
    public void GetConcatenated_OfAStep_AreItsColumns()
    {
        var ml = new MLContext(0);
        ColumnConcatenatingTransformer step = ml.Transforms.Concatenate("Both", "obs", "Amount").Fit(ExportRows.Tensors(ml));
        (string output, string[] inputs) = MlNetInternals.GetConcatenated(step).Single();
        Assert.That(output, Is.EqualTo("Both"));
        Assert.That(inputs, Is.EqualTo(new[] { "obs", "Amount" }));
    }
}
