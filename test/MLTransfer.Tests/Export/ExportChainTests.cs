using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Export;

/// <summary>Which chains are understood, and what is said of the others.</summary>
internal sealed class ExportChainTests
{
    [Test]
    public void Export_ArrangingSteps_AreFollowed()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Texts(ml);
        Backbone backbone = TinyBackbones.Text();
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", "Class")
            .Append(ml.Transforms.CopyColumns("Words", "Text"))
            .Append(ml.Transforms.EmbedText("Vector", backbone, "Words"))
            .Append(ml.Transforms.Concatenate("Joined", "Vector"))
            .Append(ml.Transforms.CopyColumns("Features", "Joined"))
            .Append(ml.Transforms.SelectColumns("Features", "Label"))
            .Append(ml.MulticlassClassification.Trainers.LinearHead())
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
            .Append(ml.Transforms.CopyColumns("Answer", "PredictedLabel"));
        using var model = pipeline.Fit(data);
        using ExportedModel exported = ExportedModel.Of(model);
        Assert.That((float[])exported.RunTexts(backbone, [.. data.GetColumn<string>("Text")])["Score"],
            Is.EqualTo(ExportedModel.Flat(Columns.Vectors(model.Transform(data), "Score"))).Within(1e-5f));
    }

    [Test]
    public void Export_ChainsInChainsAndSingleSteps_GiveTheSameBytes()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Texts(ml);
        using TransformerChain<ITransformer> flat = ExportRows.Classifier(ml, TinyBackbones.Text()).Fit(data);
        ITransformer[] steps = [.. flat];
        var nested = new TransformerChain<ITransformer>(steps[0], new TransformerChain<ITransformer>(steps[1], new TransformerChain<ITransformer>(steps[2], steps[3])));
        using ExportedModel a = ExportedModel.Of(flat);
        using ExportedModel b = ExportedModel.Of(nested);
        Assert.That(b.Bytes, Is.EqualTo(a.Bytes));
        using ExportedModel single = ExportedModel.Of(steps[1]);
        Assert.That(single.Outputs, Is.EqualTo(new[] { "Features" }));
    }

    [Test]
    public void Export_LabelStepsOfAnyKind_AreLeftOut()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        using var model = ml.Transforms.Conversion.MapValue("IsUp", new Dictionary<string, bool> { ["up"] = true, ["down"] = false, ["level"] = false }, "Class")
            .Append(ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor())).Append(ml.BinaryClassification.Trainers.LinearHead("IsUp")).Fit(data);
        using ExportedModel exported = ExportedModel.Of(model);
        Assert.That((float[])exported.RunNumbers("obs", ExportRows.Numbers(data), 3)["Score"], Is.EqualTo(model.Transform(data).GetColumn<float>("Score")).Within(1e-5f));
    }

    [Test]
    public void Export_WithoutEmbeddingStep_ListsWhatThereIs()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        ITransformer model = ml.Transforms.CopyColumns("Features", "obs").Append(ml.Regression.Trainers.LinearHead("Amount")).Fit(data);
        Assert.That(() => ExportedModel.Of(model), Throws.InvalidOperationException.With.Message.Contains("EmbedText").And.Message.Contains("ColumnCopyingTransformer"));
    }

    [Test]
    public void Export_TwoEmbeddingStepsOrHeads_NamesBoth()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        var embed = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor());
        using var twice = embed.Append(ml.Transforms.EmbedTensor("More", TinyBackbones.Tensor())).Fit(data);
        Assert.That(() => ExportedModel.Of(twice), Throws.InvalidOperationException.With.Message.Contains("step 1, TensorEmbeddingTransformer").And.Message.Contains("step 2"));
        using var heads = embed.Append(ml.Regression.Trainers.LinearHead("Amount")).Append(ml.BinaryClassification.Trainers.LinearHead("Flag")).Fit(data);
        Assert.That(() => ExportedModel.Of(heads), Throws.InvalidOperationException.With.Message.Contains("heads").And.Message.Contains("step 3"));
    }

    [Test]
    public void Export_HeadOnAnotherColumn_NamesTheColumn()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        using var raw = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor()).Append(ml.Regression.Trainers.LinearHead(new LinearHeadOptions { LabelColumnName = "Amount", FeatureColumnName = "obs" })).Fit(data);
        Assert.That(() => ExportedModel.Of(raw), Throws.InvalidOperationException.With.Message.Contains("'obs'").And.Message.Contains("'Features'"));
        using var before = ml.Regression.Trainers.LinearHead(new LinearHeadOptions { LabelColumnName = "Amount", FeatureColumnName = "obs" })
            .Append(ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor())).Fit(data);
        Assert.That(() => ExportedModel.Of(before), Throws.InvalidOperationException.With.Message.Contains("'obs'"));
    }

    [Test]
    public void Export_StepThatChangesFeatures_IsNamed()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        using var model = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor()).Append(ml.Transforms.NormalizeMinMax("Features")).Append(ml.Regression.Trainers.LinearHead("Amount")).Fit(data);
        Assert.That(() => ExportedModel.Of(model), Throws.TypeOf<NotSupportedException>().With.Message.Contains("step 2, NormalizingTransformer").And.Message.Contains("'Features'"));
    }

    [Test]
    public void Export_StepThatChangesTheInput_IsNamed()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        using var model = ml.Transforms.NormalizeMinMax("obs").Append(ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor())).Fit(data);
        Assert.That(() => ExportedModel.Of(model), Throws.TypeOf<NotSupportedException>().With.Message.Contains("step 1, NormalizingTransformer").And.Message.Contains("EmbedTensor"));
    }

    [Test]
    public void Export_StepThatMixesFeaturesAndOthers_IsNamed()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        using var model = ml.Transforms.EmbedTensor("Vector", TinyBackbones.Tensor()).Append(ml.Transforms.Concatenate("Features", "Vector", "obs")).Append(ml.Regression.Trainers.LinearHead("Amount")).Fit(data);
        Assert.That(() => ExportedModel.Of(model), Throws.TypeOf<NotSupportedException>().With.Message.Contains("ColumnConcatenatingTransformer"));
    }

    [Test]
    public void Export_StepThatChangesRowsUnseen_IsNamed()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        using var model = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor())
            .Append(ml.Transforms.CustomMapping<ExportRows.TensorRow, ExportRows.TensorRow>((_, _) => { }, contractName: null)).Fit(data);
        Assert.That(() => ExportedModel.Of(model), Throws.TypeOf<NotSupportedException>().With.Message.Contains("step 2").And.Message.Contains("CustomMapping"));
    }

    [Test]
    public void Export_StepThatChangesScores_IsNamed()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        using var model = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor()).Append(ml.Regression.Trainers.LinearHead("Amount"))
            .Append(ml.Transforms.NormalizeMinMax("Scaled", "Score")).Fit(data);
        Assert.That(() => ExportedModel.Of(model), Throws.TypeOf<NotSupportedException>().With.Message.Contains("NormalizingTransformer").And.Message.Contains("'Score'"));
    }

    [Test]
    public void Export_ModelOfAnotherKind_IsNamed()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        using var model = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor()).Append(ml.BinaryClassification.Trainers.Prior("Flag")).Fit(data);
        Assert.That(() => ExportedModel.Of(model), Throws.TypeOf<NotSupportedException>().With.Message.Contains("PriorModelParameters"));
    }

    [Test]
    public void Export_SequenceWithColumnsBesideIt_IsTheStepsOwnColumn()
    {
        var ml = new MLContext(0);
        using var model = ml.Transforms.EmbedText(TinyBackbones.Text(), new TextEmbeddingOptions { Pooling = Pooling.None, AdditionalOutputs = [new FeatureOutput("Mean", Pooling.Mean)] })
            .Fit(TextRows.Data(ml));
        using ExportedModel exported = ExportedModel.Of(model);
        Assert.That(exported.Outputs, Is.EqualTo(new[] { "Features" }), "the step's own column is the output; columns beside it are not");
    }

    [TestCase(17, "at most 16 tokens")]
    public void Export_SequenceLengthBeyondTheModels_IsRefused(int length, string words)
    {
        var ml = new MLContext(0);
        using var model = ml.Transforms.EmbedText("Features", TinyBackbones.Text()).Fit(TextRows.Data(ml));
        Assert.That(() => ExportedModel.Of(model, new ExportOptions { SequenceLength = length }), Throws.ArgumentException.With.Message.Contains("SequenceLength").And.Message.Contains(words));
    }

    [Test]
    public void Export_SequenceLengthWithoutSuchAnAxis_IsRefused()
    {
        var ml = new MLContext(0);
        using var model = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor()).Fit(ExportRows.Tensors(ml));
        Assert.That(() => ExportedModel.Of(model, new ExportOptions { SequenceLength = 3 }), Throws.ArgumentException.With.Message.Contains("SequenceLength").And.Message.Contains("obs"));
        Assert.That(() => new ExportOptions { SequenceLength = 0 }, Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("SequenceLength"));
    }
}
