using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Testing;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Persistence;

/// <summary>
/// Files saved by the first version of each format must load for ever. When a format changes, a new pair of files is made and the old pair stays:
/// <c>dotnet test test/MLTransfer.Tests --filter Name=MakeGoldenModel</c> with a new name below.
/// </summary>
internal sealed class GoldenModelTests
{
    private static readonly string[] Names = ["text-1", "tensor-1", "image-1", "audio-1"];

    private static readonly string[] Texts = ["my card is lost", "how do i pay the fee ?", "", "open a new account please !", "unknown words only"];

    private static string Folder => Path.Combine(Assets.RepositoryRoot, "test", "MLTransfer.Tests", "Persistence", "Golden");

    [TestCaseSource(nameof(Names))]
    public void Load_StoredModel_ScoresAsWhenItWasSaved(string name)
    {
        var ml = new MLContext(seed: 0);
        ITransformer model = ml.Model.Load(Path.Combine(Folder, $"{name}.zip"), out _);
        using var owner = (IDisposable)model;
        float[][] expected = [.. File.ReadAllLines(Path.Combine(Folder, $"{name}.tsv")).Select(l => l.Split('\t').Select(v => float.Parse(v, CultureInfo.InvariantCulture)).ToArray())];
        Columns.AssertEqual(Columns.Vectors(model.Transform(Rows(ml)), "Features"), expected, 1e-5f, "fp32 of another ONNX Runtime may differ in the last digits");
    }

    [TestCaseSource(nameof(Names)), Explicit("Writes the stored files anew.")]
    public void MakeGoldenModel(string name)
    {
        var ml = new MLContext(seed: 0);
        IDataView rows = Rows(ml);
        ITransformer model = Fit(ml, name, rows);
        ml.Model.Save(model, rows.Schema, Path.Combine(Folder, $"{name}.zip"));
        File.WriteAllLines(Path.Combine(Folder, $"{name}.tsv"),
            Columns.Vectors(model.Transform(rows), "Features").Select(v => string.Join("\t", v.Select(x => x.ToString("R", CultureInfo.InvariantCulture)))));
        (model as IDisposable)?.Dispose();
    }

    private static ITransformer Fit(MLContext ml, string name, IDataView rows) => name.Split('-')[0] switch
    {
        "text" => ml.Transforms.EmbedText(TinyBackbones.Text(), new TextEmbeddingOptions { Prefix = "the ", Dimension = 5 }).Fit(rows),
        "tensor" => ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor(), "Numbers").Fit(rows),
        "image" => ml.Transforms.EmbedImage(TinyMediaBackbones.Image(), new ImageEmbeddingOptions { InputColumnName = "Picture", OnError = RowErrorPolicy.NaN }).Fit(rows),
        _ => ml.Transforms.EmbedAudio(TinyMediaBackbones.AudioRecurrent(), new AudioEmbeddingOptions { InputColumnName = "Sound", Channel = 0 }).Fit(rows),
    };

    private static IDataView Rows(MLContext ml) => ml.Data.LoadFromEnumerable(Texts.Select((t, i) => new Row
    {
        Text = t,
        Numbers = [i, 1f - i, 0.5f],
        Picture = TinyMedia.Bmp(4 + i, 5, seed: i),
        Sound = TinyMedia.Wav(TinyMedia.Samples(12 + 9 * i, seed: i), TinyMediaBackbones.SampleRate),
    }));

    private sealed class Row
    {
        public string Text { get; set; } = "";

        [VectorType(3)]
        public float[] Numbers { get; set; } = [];

        public byte[] Picture { get; set; } = [];

        public byte[] Sound { get; set; } = [];
    }
}
