using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Heads;

/// <summary>Fitted linear heads in a process where none of our assemblies lies.</summary>
internal sealed class PlainLoadTests
{
    [Test]
    public void PlainLoader_HasNothingOfOurs() =>
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(PlainProgram.FilePath)!, "MLTransfer*.dll").Select(Path.GetFileName), Is.EqualTo(new[] { "MLTransfer.PlainLoader.dll" }));

    [Test]
    public async Task Load_OfAMulticlassHead_ByMlNetAlone_ScoresTheSame()
    {
        var ml = new MLContext(0);
        IDataView data = HeadRows.Keyed(ml, HeadRows.Make(30));
        var model = ml.MulticlassClassification.Trainers.LinearHead().Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(data);
        IDataView scored = model.Transform(data);
        await AssertPlainlyEqual(ml, model, data, ["Score", "PredictedLabel"],
            [.. scored.GetColumn<VBuffer<float>>("Score").Zip(scored.GetColumn<string>("PredictedLabel"), (s, l) => $"{string.Join(" ", s.DenseValues().Select(Text))}\t{l}")]);
    }

    [Test]
    public async Task Load_OfABinaryHead_ByMlNetAlone_ScoresTheSame()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(HeadRows.Make(30));
        var model = ml.BinaryClassification.Trainers.LinearHead("Flag").Fit(data);
        IDataView scored = model.Transform(data);
        string[] scores = [.. scored.GetColumn<float>("Score").Select(Text)];
        string[] probabilities = [.. scored.GetColumn<float>("Probability").Select(Text)];
        await AssertPlainlyEqual(ml, model, data, ["Score", "Probability", "PredictedLabel"],
            [.. scored.GetColumn<bool>("PredictedLabel").Select((p, i) => $"{scores[i]}\t{probabilities[i]}\t{p}")]);
    }

    [Test]
    public async Task Load_OfARegressionHead_ByMlNetAlone_ScoresTheSame()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(HeadRows.Make(30));
        var model = ml.Regression.Trainers.LinearHead("Amount").Fit(data);
        await AssertPlainlyEqual(ml, model, data, ["Score"], [.. model.Transform(data).GetColumn<float>("Score").Select(Text)]);
    }

    private static async Task AssertPlainlyEqual(MLContext ml, ITransformer model, IDataView data, string[] columns, string[] expected) =>
        Assert.That(await PlainProgram.Score(ml, model, data, "Features", columns), Is.EqualTo(expected));

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);
}
