using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Testing;
using MLTransfer.Tests.Heads;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Persistence;

/// <summary>
/// Heads saved by the first version of their format must load for ever, here and in a program that never names us. When the format changes, new files are made and the old ones stay:
/// <c>dotnet test test/MLTransfer.Tests --filter Name~MakeGoldenHead</c> with new names below.
/// </summary>
internal sealed class GoldenHeadTests
{
    private static readonly string[] Names = ["mlp-multiclass-1", "mlp-binary-1", "mlp-multilabel-1", "mlp-regression-1"];

    private static string Folder => Path.Combine(Assets.RepositoryRoot, "test", "MLTransfer.Tests", "Persistence", "Golden");

    [TestCaseSource(nameof(Names))]
    public void Load_StoredHead_ScoresAsWhenItWasSaved(string name)
    {
        var ml = new MLContext(seed: 0);
        ITransformer model = ml.Model.Load(Path.Combine(Folder, $"{name}.zip"), out _);
        using var owner = (IDisposable)model;
        float[][] expected = [.. File.ReadAllLines(Path.Combine(Folder, $"{name}.tsv")).Select(l => l.Split(' ').Select(v => float.Parse(v, CultureInfo.InvariantCulture)).ToArray())];
        Columns.AssertEqual(Scores(model.Transform(Rows(ml))), expected, 1e-4f, "fp32 of another ONNX Runtime may differ in the last digits of scores around 100");
    }

    [TestCaseSource(nameof(Names))]
    public async Task Load_StoredHeadInAnotherProcess_ScoresTheSame(string name)
    {
        string rows = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}.tsv");
        try
        {
            await File.WriteAllLinesAsync(rows, HeadRows.Make(7).Select(r => string.Join('\t', r.Features.Select(f => f.ToString("R", CultureInfo.InvariantCulture)))));
            LoadProbe.Result result = await LoadProbe.RunAsync(knowsTestSteps: false, Path.Combine(Folder, $"{name}.zip"), rows, "Score");
            Assert.That(result.Errors, Is.Empty);
            float[][] found = [.. result.Lines.Select(l => l.Split(' ').Select(v => float.Parse(v, CultureInfo.InvariantCulture)).ToArray())];
            var ml = new MLContext(seed: 0);
            Columns.AssertEqual(found, Scores(ml.Model.Load(Path.Combine(Folder, $"{name}.zip"), out _).Transform(Rows(ml))), 0, "another process against this one");
        }
        finally
        {
            File.Delete(rows);
        }
    }

    [TestCaseSource(nameof(Names)), Explicit("Writes the stored files anew.")]
    public void MakeGoldenHead(string name)
    {
        var ml = new MLContext(seed: 0);
        MlpHeadOptions options = new()
        {
            HiddenUnits = [6, 4],
            Activation = HeadActivation.Gelu,
            Normalization = HeadNormalization.Layer,
            Training = MlpHeadOptions.DefaultTraining with { Seed = 1 },
        };
        HeadRow[] rows = HeadRows.Make(60);
        using MlpHeadTransformer model = name.Split('-')[1] switch
        {
            "multiclass" => ml.MulticlassClassification.Trainers.MlpHead(options).Fit(HeadRows.Keyed(ml, rows)),
            "binary" => ml.BinaryClassification.Trainers.MlpHead(options with { LabelColumnName = "Flag" }).Fit(ml.Data.LoadFromEnumerable(rows)),
            "multilabel" => ml.MulticlassClassification.Trainers.MultilabelMlpHead(options with { LabelColumnName = "Tags" }).Fit(HeadRows.Tagged(ml, rows)),
            _ => ml.Regression.Trainers.MlpHead(options with { LabelColumnName = "Amount" }).Fit(ml.Data.LoadFromEnumerable(rows)),
        };
        IDataView data = Rows(ml);
        ml.Model.Save(model, data.Schema, Path.Combine(Folder, $"{name}.zip"));
        File.WriteAllLines(Path.Combine(Folder, $"{name}.tsv"), Scores(model.Transform(data)).Select(s => string.Join(' ', s.Select(v => v.ToString("R", CultureInfo.InvariantCulture)))));
    }

    private static IDataView Rows(MLContext ml) => ml.Data.LoadFromEnumerable(HeadRows.Make(7).Select(r => new Row { Features = r.Features }));

    private static float[][] Scores(IDataView scored) => scored.Schema["Score"].Type is VectorDataViewType
        ? Columns.Vectors(scored, "Score") : [.. scored.GetColumn<float>("Score").Select(s => new[] { s })];

    private sealed class Row
    {
        [VectorType(HeadRow.FeatureCount)]
        public float[] Features { get; set; } = [];
    }
}
