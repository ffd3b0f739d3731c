using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Images;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Export;

/// <summary>Exported graphs of pictures and sounds beside the steps they came from.</summary>
internal sealed class MediaExportTests
{
    private const float Tolerance = 1e-5f;

    [Test]
    public void Export_ImageBackbone_TakesPreparedPixels()
    {
        var ml = new MLContext(0);
        byte[][] files = Pictures(7);
        IDataView data = Data(ml, files);
        using var model = ml.Transforms.EmbedImage("Features", TinyMediaBackbones.Image(), normalize: true).Append(ml.Regression.Trainers.LinearHead("Amount")).Fit(data);
        using ExportedModel exported = ExportedModel.Of(model);
        Assert.That((float[])exported.RunNumbers("pixels", Pixels(files), 3, 4, 4)["Score"], Is.EqualTo(model.Transform(data).GetColumn<float>("Score")).Within(Tolerance));
        Assert.That(exported.Metadata("mltransfer.inputs"), Does.Contain("red, green, blue").And.Contain("pixels"));
    }

    [Test]
    public void Export_MapOfPlaces_IsPooledOverThem([Values(Pooling.Mean, Pooling.Max, Pooling.Cls, Pooling.Last)] Pooling pooling)
    {
        var ml = new MLContext(0);
        byte[][] files = Pictures(4);
        IDataView data = Data(ml, files);
        using var model = ml.Transforms.EmbedImage("Features", TinyMediaBackbones.ImageMap(), pooling: pooling).Fit(data);
        using ExportedModel exported = ExportedModel.Of(model);
        Assert.That((float[])exported.RunNumbers("pixels", Pixels(files), 3, 4, 4)["Features"],
            Is.EqualTo(ExportedModel.Flat(Columns.Vectors(model.Transform(data), "Features"))).Within(Tolerance));
    }

    [Test]
    public void Export_Float16Backbone_HasItsHeadInFloat()
    {
        var ml = new MLContext(0);
        byte[][] files = Pictures(7);
        IDataView data = Data(ml, files);
        using var model = ml.Transforms.EmbedImage("Features", TinyMediaBackbones.Image(type: OnnxElementType.Float16), normalize: true)
            .Append(ml.Regression.Trainers.LinearHead("Amount")).Fit(data);
        using ExportedModel exported = ExportedModel.Of(model);
        Float16[] halves = [.. Pixels(files).SelectMany(p => p).Select(v => (Float16)v)];
        float[] scores = (float[])exported.Run(("pixels", OrtValue.CreateTensorValueFromMemory(halves, [files.Length, 3, 4, 4])))["Score"];
        Assert.That(scores, Is.EqualTo(model.Transform(data).GetColumn<float>("Score")).Within(Tolerance));
        Assert.That(exported.Model.Graph.Initializers.First(t => t.Name == "head_weights").ElementType, Is.EqualTo(OnnxElementType.Float));
    }

    [Test]
    public void Export_FixedBatch_StaysFixed()
    {
        var ml = new MLContext(0);
        byte[][] files = Pictures(1);
        using var model = ml.Transforms.EmbedImage("Features", TinyMediaBackbones.Image(batch: 1)).Fit(Data(ml, files));
        using ExportedModel exported = ExportedModel.Of(model);
        Assert.That(exported.Model.Graph.Outputs[0].Dimensions[0].Value, Is.EqualTo(1));
        Assert.That((float[])exported.RunNumbers("pixels", Pixels(files), 3, 4, 4)["Features"],
            Is.EqualTo(Columns.Vectors(model.Transform(Data(ml, files)), "Features")[0]).Within(Tolerance));
    }

    [Test]
    public void Export_AudioFrames_ArePooledOverOneClip([Values(Pooling.Mean, Pooling.Max, Pooling.WeightedMean)] Pooling pooling)
    {
        var ml = new MLContext(0);
        float[][] clips = [.. Enumerable.Range(0, 3).Select(i => TinyMedia.Samples(32, i))];
        IDataView data = Clips(ml, clips);
        using var model = ml.Transforms.EmbedAudio("Features", TinyMediaBackbones.AudioFrames(), pooling: pooling).Fit(data);
        using ExportedModel exported = ExportedModel.Of(model);
        Assert.That((float[])exported.RunNumbers("wave", clips, 32)["Features"], Is.EqualTo(ExportedModel.Flat(Columns.Vectors(model.Transform(data), "Features"))).Within(Tolerance));
    }

    [Test]
    public void Export_AudioWindow_IsOneWindowOfAClip()
    {
        var ml = new MLContext(0);
        float[][] clips = [.. Enumerable.Range(0, 3).Select(i => TinyMedia.Samples(TinyMediaBackbones.Window, i))];
        IDataView data = Clips(ml, clips);
        using var model = ml.Transforms.EmbedAudio("Features", TinyMediaBackbones.AudioWindow()).Fit(data);
        using ExportedModel exported = ExportedModel.Of(model);
        Assert.That((float[])exported.RunNumbers("wave", clips, TinyMediaBackbones.Window)["Features"],
            Is.EqualTo(ExportedModel.Flat(Columns.Vectors(model.Transform(data), "Features"))).Within(Tolerance));
    }

    [Test]
    public void Export_AudioConstantsAndMasks_AreMadeInTheGraph()
    {
        var ml = new MLContext(0);
        var graph = new GraphBuilder("masked");
        string wave = graph.Input("wave", OnnxElementType.Float, "batch", "samples");
        string mask = graph.Input("attention_mask", OnnxElementType.Int64, "batch", "samples");
        string rate = graph.Input("rate", OnnxElementType.Int64);
        string counted = graph.Node("Mul", [wave, graph.Node("Cast", [mask], "mask_float", OnnxAttribute.Of("to", 1L))], "counted");
        string scaled = graph.Node("Mul", [counted, graph.Node("Cast", [rate], "rate_float", OnnxAttribute.Of("to", 1L))], "scaled");
        graph.Output(graph.Node("Reshape", [scaled, graph.Initializer("shape", [0L, -1, 4], 3)], "frames"), OnnxElementType.Float, "batch", "frames", 4);
        Backbone backbone = TinyBackbones.Open(graph, TinyMediaBackbones.AudioFrames().Card with
        {
            Sha256 = null,
            Dimension = 4,
            Inputs = new Dictionary<string, string> { ["wave"] = "wave", ["attention_mask"] = "attention_mask", ["rate"] = "rate" },
            Audio = AudioPreprocessing.Waveform(TinyMediaBackbones.SampleRate) with { Constants = new Dictionary<string, long> { ["rate"] = 8 } },
        });
        float[][] clips = [.. Enumerable.Range(0, 3).Select(i => TinyMedia.Samples(16, i))];
        IDataView data = Clips(ml, clips);
        using var model = ml.Transforms.EmbedAudio("Features", backbone).Fit(data);
        using ExportedModel exported = ExportedModel.Of(model);
        Assert.That(exported.Inputs, Is.EqualTo(new[] { "wave" }));
        Assert.That((float[])exported.RunNumbers("wave", clips, 16)["Features"], Is.EqualTo(ExportedModel.Flat(Columns.Vectors(model.Transform(data), "Features"))).Within(Tolerance));
    }

    [Test]
    public void Export_RecurrentBackbone_IsRefusedByTheNameOfItsState()
    {
        var ml = new MLContext(0);
        using var model = ml.Transforms.EmbedAudio("Features", TinyMediaBackbones.AudioRecurrent()).Fit(Clips(ml, [TinyMedia.Samples(32, 1)]));
        Assert.That(() => ExportedModel.Of(model), Throws.TypeOf<NotSupportedException>().With.Message.Contains("'state'"));
    }

    public static byte[][] Pictures(int count) => [.. Enumerable.Range(0, count).Select(i => TinyMedia.Bmp(4, 4, seed: i))];

    /// <summary>The pictures as the tiny backbone reads them.</summary>
    public static float[][] Pixels(IEnumerable<byte[]> files)
    {
        var preprocessor = new ImagePreprocessor(TinyMediaBackbones.ImageSettings, 4, 4, DecodeMode.Exact, ImageEmbeddingOptions.DefaultMaximumPixels, null);
        using var workspace = new ImageWorkspace();
        return [.. files.Select(f =>
        {
            float[] pixels = new float[preprocessor.Length];
            preprocessor.Prepare(f, workspace, 0, pixels);
            return pixels;
        })];
    }

    private static IDataView Data(MLContext ml, byte[][] files) => ml.Data.LoadFromEnumerable(files.Select((f, i) => new PictureRow { Image = f, Amount = i % 3 }).ToArray());

    private static IDataView Clips(MLContext ml, float[][] clips) => ml.Data.LoadFromEnumerable(clips.Select(c => new ClipRow { Audio = c }).ToArray());

    private sealed class PictureRow
    {
        public byte[] Image { get; set; } = [];

        public float Amount { get; set; }
    }

    private sealed class ClipRow
    {
        public float[] Audio { get; set; } = [];
    }
}
