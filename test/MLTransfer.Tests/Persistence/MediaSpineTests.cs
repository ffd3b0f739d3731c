using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Persistence;

/// <summary>Pictures and sounds from a path to a class, saved, and scored in another process that never names us.</summary>
internal sealed class MediaSpineTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mltransfer-media-spine-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task EmbedImage_SavedWithItsHead_ScoresTheSameInAnotherProcess()
    {
        Row[] rows = Rows("bmp", i => TinyMedia.Bmp(4 + i % 3, 4, i));
        var ml = new MLContext(seed: 0);
        await Compare(ml, rows, ml.Transforms.EmbedImage("Features", TinyMediaBackbones.Image(), "Path"), LoadProbe.ProgramWithImages);
    }

    [Test]
    public async Task EmbedAudio_SavedWithItsHead_ScoresTheSameInAnotherProcess()
    {
        Row[] rows = Rows("wav", i => TinyMedia.Wav(TinyMedia.Samples(16 + 4 * (i % 5), i), TinyMediaBackbones.SampleRate));
        var ml = new MLContext(seed: 0);
        await Compare(ml, rows, ml.Transforms.EmbedAudio("Features", TinyMediaBackbones.AudioRecurrent(), "Path"), LoadProbe.Program);
    }

    private Row[] Rows(string extension, Func<int, byte[]> make)
    {
        return [.. Enumerable.Range(0, 18).Select(i =>
        {
            string path = Path.Combine(_folder, $"{i}.{extension}");
            File.WriteAllBytes(path, make(i));
            return new Row { Path = path, Label = $"class {i % 3}" };
        })];
    }

    private async Task Compare(MLContext ml, Row[] rows, IEstimator<ITransformer> embed, string program)
    {
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        using TransformerChain<ITransformer> model = new EstimatorChain<ITransformer>().Append(ml.Transforms.Conversion.MapValueToKey("Label")).Append(embed)
            .Append((IEstimator<ITransformer>)ml.MulticlassClassification.Trainers.LinearHead()).Fit(data);
        string zip = Path.Combine(_folder, "model.zip");
        ml.Model.Save(model, data.Schema, zip);
        string table = Path.Combine(_folder, "rows.tsv");
        await File.WriteAllLinesAsync(table, rows.Select(r => $"{r.Path}\t{r.Label}"));
        LoadProbe.Result scores = await LoadProbe.RunAsync(program, knowsTestSteps: false, zip, table, "Score");
        Assert.That(scores.Errors, Is.Empty);
        Assert.That(scores.LeftBehind, Is.Empty);
        float[][] found = [.. scores.Lines.Select(l => l.Split(' ').Select(v => float.Parse(v, CultureInfo.InvariantCulture)).ToArray())];
        Columns.AssertEqual(found, Columns.Vectors(model.Transform(data), "Score"), 0, "another process against this one");
    }

    private sealed class Row
    {
        public string Path { get; set; } = "";

        public string Label { get; set; } = "";
    }
}
