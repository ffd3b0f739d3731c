using Microsoft.ML;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Tests.Contracts;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Audio;

internal sealed class AudioEmbeddingTests : EmbeddingContract<AudioEmbeddingTransformer, AudioEmbeddingTests.Row>
{
    private const int Rate = TinyMediaBackbones.SampleRate;
    private const int D = TinyMediaBackbones.Dimension;

    protected override string InputColumn => "Audio";

    protected override EmbeddingEstimator<AudioEmbeddingTransformer> Estimator(MLContext ml) => ml.Transforms.EmbedAudio("Features", TinyMediaBackbones.AudioFrames());

    protected override Row[] Rows(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new Row
        {
            Audio = TinyMedia.Wav(TinyMedia.Samples(8 + 4 * (i % 5), seed: i % 11), Rate),
            Number = i,
            Name = $"row {i}",
            Weights = [.. Enumerable.Range(0, i % 4).Select(j => (float)j)],
        }),
    ];

    protected override IDataView WrongType(MLContext ml) => ml.Data.LoadFromEnumerable(new[] { new NumberRow { Audio = 3 } });

    [Test]
    public void Transform_PathsBytesAndSamples_GiveTheSame()
    {
        var ml = new MLContext(0);
        string folder = Directory.CreateTempSubdirectory("mltransfer-audio").FullName;
        try
        {
            float[][] clips = [.. Enumerable.Range(0, 6).Select(i => TinyMedia.Samples(20 + 8 * (i % 3), i))];
            for (int i = 0; i < clips.Length; i++)
                File.WriteAllBytes(Path.Combine(folder, $"{i}.wav"), TinyMedia.Wav(clips[i], Rate));
            var options = new AudioEmbeddingOptions { Folder = folder };
            float[][] fromPaths = Features(ml, TinyMediaBackbones.AudioFrames(), clips.Select((_, i) => new PathRow { Audio = $"{i}.wav" }), options);
            float[][] fromBytes = Features(ml, TinyMediaBackbones.AudioFrames(), clips.Select(c => new Row { Audio = TinyMedia.Wav(c, Rate) }), options);
            float[][] fromSamples = Features(ml, TinyMediaBackbones.AudioFrames(), clips.Select(c => new SampleRow { Audio = c }), options);
            Columns.AssertEqual(fromBytes, fromPaths, 0, "bytes against paths");
            Columns.AssertEqual(fromSamples, fromPaths, 0, "samples against paths");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void Transform_LongClip_IsTheMeanOfItsWindows([Values(null, 8, 5)] int? hop, [Values(1, 16, 17, 40, 48)] int length)
    {
        float[] clip = TinyMedia.Samples(length, seed: 3);
        Backbone backbone = TinyMediaBackbones.AudioWindow(hop);
        float[][] windows = Windows(clip, hop ?? TinyMediaBackbones.Window);
        float[][] expected = [Mean(windows)];
        Columns.AssertEqual(Features(new MLContext(0), backbone, [new SampleRow { Audio = clip }]), expected, 1e-6f, "the mean in float32");
    }

    [TestCase(false, 8)]
    [TestCase(true, 6)]
    public void Transform_FramesBehindTheClipsEnd_CountUnlessTheCardSaysThatTheyFollowTime(bool followTime, int expected)
    {
        var graph = new GraphBuilder("frames");
        string wave = graph.Input("wave", OnnxElementType.Float, "batch", TinyMediaBackbones.Window);
        string fours = graph.Node("Reshape", [wave, graph.Initializer("shape", [0L, -1, 4], 3)], "fours");
        graph.Output(graph.Node("MatMul", [fours, graph.Initializer("w", TinyBackbones.Values(4 * D, seed: 5), 4, D)], "frames"), OnnxElementType.Float, "batch", 4, D);
        Backbone backbone = TinyMediaBackbones.Audio(graph, "frames", AudioPreprocessing.Waveform(Rate) with { FramesFollowTime = followTime });
        // Four frames of the first window; of the second, 6 of 16 samples are the clip's: two frames, the second in part.
        float[] clip = TinyMedia.Samples(22, seed: 5);
        Assert.That(Features(new MLContext(0), backbone, [new SampleRow { Audio = clip }], new AudioEmbeddingOptions { Pooling = Pooling.None })[0], Has.Length.EqualTo(expected * D));
    }

    [Test]
    public void Transform_LongClip_MaxAndSequence_AreOverItsWindows()
    {
        float[] clip = TinyMedia.Samples(45, seed: 4);
        float[][] windows = Windows(clip, TinyMediaBackbones.Window);
        var ml = new MLContext(0);
        var options = new AudioEmbeddingOptions
        {
            Pooling = Pooling.Max,
            AdditionalOutputs = [new FeatureOutput("Sequence", Pooling.None)],
            SequencePrecision = SequencePrecision.Float32,
        };
        IDataView data = ml.Data.LoadFromEnumerable(new[] { new SampleRow { Audio = clip } });
        using AudioEmbeddingTransformer model = ml.Transforms.EmbedAudio(TinyMediaBackbones.AudioWindow(), options).Fit(data);
        IDataView view = model.Transform(data);
        Columns.AssertEqual(Columns.Vectors(view, "Features"), [[.. Enumerable.Range(0, D).Select(d => windows.Max(w => w[d]))]], 1e-6f, "max");
        Columns.AssertEqual(Columns.Vectors(view, "Sequence"), [[.. windows.SelectMany(w => w)]], 1e-6f, "sequence");
    }

    [Test]
    public void Transform_RecurrentGraph_CarriesItsStateWithinAClipAndNotBeyond()
    {
        float[][] clips = [TinyMedia.Samples(48, 1), TinyMedia.Samples(33, 2), TinyMedia.Samples(48, 3), TinyMedia.Samples(10, 4)];
        float[][] expected = [.. clips.Select(Recurrent)];
        float[][] together = Features(new MLContext(0), TinyMediaBackbones.AudioRecurrent(), clips.Select(c => new SampleRow { Audio = c }));
        Columns.AssertEqual(together, expected, 1e-5f, "a recurrence of tanh in float32");
        float[][] alone = [.. clips.Select(c => Features(new MLContext(0), TinyMediaBackbones.AudioRecurrent(), [new SampleRow { Audio = c }])[0])];
        Columns.AssertEqual(alone, together, 1e-6f, "a clip alone against beside others");
    }

    [Test]
    public void Predict_LongClipInManyRuns_EqualsTheCursor()
    {
        // One row on all threads: its runs go one after the other, the next being filled meanwhile.
        var ml = new MLContext(0);
        SampleRow[] rows = [.. Enumerable.Range(0, 5).Select(i => new SampleRow { Audio = TinyMedia.Samples(16 * (30 + i) + 3, i) })];
        var options = new AudioEmbeddingOptions { ElementsPerRun = 2 * TinyMediaBackbones.Window, Cache = new FeatureCache(memoryLimit: 0) };
        float[][] expected = Features(ml, TinyMediaBackbones.AudioWindow(), rows, options);
        using AudioEmbeddingTransformer model = ml.Transforms.EmbedAudio(TinyMediaBackbones.AudioWindow(), options).Fit(ml.Data.LoadFromEnumerable(rows));
        using var engine = ml.Model.CreatePredictionEngine<SampleRow, Output>(model, new PredictionEngineOptions { OwnsTransformer = false });
        Columns.AssertEqual([.. rows.Select(r => engine.Predict(r).Features)], expected, 1e-6f, "prediction engine against cursor");
        Columns.AssertEqual(expected, [.. rows.Select(r => Mean(Windows(r.Audio, TinyMediaBackbones.Window)))], 1e-5f, "the mean in float32");
    }

    [Test]
    public void Transform_ClipsOfOtherRates_AreResampled()
    {
        var ml = new MLContext(0);
        // A slow sine, so that both rates hold it.
        float[] at8 = [.. Enumerable.Range(0, 400).Select(i => 0.5f * MathF.Sin(2 * MathF.PI * 100 * i / 8000))];
        float[] at16 = [.. Enumerable.Range(0, 800).Select(i => 0.5f * MathF.Sin(2 * MathF.PI * 100 * i / 16000))];
        Backbone backbone = TinyMediaBackbones.AudioFrames();
        var sequence = new AudioEmbeddingOptions { Pooling = Pooling.None, SequencePrecision = SequencePrecision.Float32 };
        float[] expected = Features(ml, backbone, [new SampleRow { Audio = at8 }], sequence)[0];
        float[] stated = Features(ml, backbone, [new SampleRow { Audio = at16 }], sequence with { SampleRate = 16000 })[0];
        float[] column = Features(ml, backbone, [new SampleRow { Audio = at16, Rate = 16000 }], sequence with { SampleRateColumnName = "Rate" })[0];
        float[] file = Features(ml, backbone, [new Row { Audio = TinyMedia.Wav(at16, 16000) }], sequence)[0];
        Assert.That(stated, Has.Length.EqualTo(expected.Length));
        // The filter needs its 96 zero crossings on both sides; the ends differ.
        for (int i = 200; i < expected.Length - 200; i++)
            Assert.That(stated[i], Is.EqualTo(expected[i]).Within(1e-3f), $"number {i}");
        Assert.That(column, Is.EqualTo(stated));
        Assert.That(file, Has.Length.EqualTo(stated.Length));
        for (int i = 0; i < file.Length; i++)
            Assert.That(file[i], Is.EqualTo(stated[i]).Within(1e-3f), "sixteen bits against float");
    }

    [Test]
    public void Transform_ClipsOfDifferentLengths_NeverShareARun()
    {
        var ml = new MLContext(0);
        SampleRow[] rows = [.. Enumerable.Range(0, 24).Select(i => new SampleRow { Audio = TinyMedia.Samples(8 + 4 * (i % 4), i) })];
        float[][] together = Features(ml, TinyMediaBackbones.AudioFrames(), rows);
        float[][] alone = [.. rows.Select(r => Features(ml, TinyMediaBackbones.AudioFrames(), [r])[0])];
        Columns.AssertEqual(together, alone, 1e-6f, "together against alone");
    }

    [TestCase(0)]
    [TestCase(-16000)]
    [TestCase(1_000_000)]
    public void Transform_RateThatIsNone_NamesItAndTheColumn(int rate)
    {
        SampleRow[] rows = [new SampleRow { Audio = [1, 2, 3, 4, 5, 6, 7, 8], Rate = rate }];
        Assert.That(() => Features(new MLContext(0), TinyMediaBackbones.AudioFrames(), rows, new AudioEmbeddingOptions { SampleRateColumnName = "Rate" }),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains($"{rate} Hz").And.Message.Contains("'Rate'").And.Message.Contains("position 0"));
    }

    [Test]
    public void Transform_SamplesThatAreNoNumbersOrNone_AreRowErrors()
    {
        Assert.That(() => Features(new MLContext(0), TinyMediaBackbones.AudioFrames(), [new SampleRow { Audio = [0, float.NaN, 1, 1, 1, 1, 1, 1] }]),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("NaN").And.Message.Contains("OnError"));
        Assert.That(() => Features(new MLContext(0), TinyMediaBackbones.AudioFrames(), [new SampleRow { Audio = [] }]),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("no samples").And.Message.Contains("'Audio'"));
    }

    [Test]
    public void Transform_RateThatMakesFewSamplesMany_IsRefusedBeforeMemoryIsTaken()
    {
        SampleRow[] rows = [new SampleRow { Audio = TinyMedia.Samples(1000, seed: 1) }];
        Assert.That(() => Features(new MLContext(0), TinyMediaBackbones.AudioFrames(), rows, new AudioEmbeddingOptions { SampleRate = 40, MaximumSamples = 100_000 }),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("200000 samples").And.Message.Contains("40 Hz").And.Message.Contains("MaximumSamples"));
    }

    [Test]
    public void Transform_ClipShorterThanAFrame_IsARowErrorThatNamesTheSetting()
    {
        var graph = new GraphBuilder("mel");
        string mel = graph.Input("mel", OnnxElementType.Float, "batch", "frames", 80);
        graph.Output(graph.Node("MatMul", [mel, graph.Initializer("w", TinyBackbones.Values(80 * D, seed: 8), 80, D)], "features"), OnnxElementType.Float, "batch", "frames", D);
        Backbone backbone = TinyMediaBackbones.Audio(graph, "features", AudioPreprocessing.Kaldi() with { MinimumSamples = 0 });
        var options = new AudioEmbeddingOptions { OnError = RowErrorPolicy.NaN };
        float[][] found = Features(new MLContext(0), backbone, [new SampleRow { Audio = new float[399] }, new SampleRow { Audio = TinyMedia.Samples(400, seed: 2) }], options);
        Assert.That(found[0], Has.All.NaN);
        Assert.That(found[1], Has.All.Matches<float>(float.IsFinite));
        Assert.That(() => Features(new MLContext(0), backbone, [new SampleRow { Audio = new float[399] }]),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("399 samples").And.Message.Contains("MinimumSamples"));
    }

    [Test]
    public void EmbedAudio_OverABackboneForSomethingElse_SaysHowToOpenIt()
    {
        var ml = new MLContext(0);
        Assert.That(() => ml.Transforms.EmbedAudio("Features", TinyBackbones.Tensor()),
            Throws.ArgumentException.With.Message.Contains("'tiny-tensor'").And.Message.Contains("BackboneOptions.Audio"));
    }

    [Test]
    public void EmbedAudio_CardThatNamesAnInputTheGraphHasNot_SaysSo()
    {
        Backbone backbone = TinyMediaBackbones.Audio(TinyMediaBackbones.FramesGraph(), "frames",
            AudioPreprocessing.Waveform(Rate) with { WindowSamples = 16, States = new Dictionary<string, string> { ["h"] = "hN" } });
        Assert.That(() => new MLContext(0).Transforms.EmbedAudio("Features", backbone),
            Throws.ArgumentException.With.Message.Contains("'h'").And.Message.Contains("'wave'"));
    }

    [Test]
    public void EmbedAudio_WindowThatTheGraphDoesNotTake_SaysSo()
    {
        Backbone backbone = TinyMediaBackbones.AudioWindow();
        Backbone other = TinyBackbones.Open(WindowGraph(), backbone.Card with { Sha256 = null, Audio = backbone.Card.Audio! with { WindowSamples = 12 } });
        Assert.That(() => new MLContext(0).Transforms.EmbedAudio("Features", other), Throws.ArgumentException.With.Message.Contains("12").And.Message.Contains("16"));
    }

    private static GraphBuilder WindowGraph()
    {
        var graph = new GraphBuilder("window");
        string wave = graph.Input("wave", OnnxElementType.Float, "batch", TinyMediaBackbones.Window);
        string product = graph.Node("MatMul", [wave, graph.Initializer("w", TinyMediaBackbones.WindowWeights(), TinyMediaBackbones.Window, D)], "features");
        return graph.Output(product, OnnxElementType.Float, "batch", D);
    }

    private static float[][] Features<T>(MLContext ml, Backbone backbone, IEnumerable<T> rows, AudioEmbeddingOptions? options = null)
        where T : class
    {
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        using AudioEmbeddingTransformer model = ml.Transforms.EmbedAudio(backbone, options ?? new AudioEmbeddingOptions()).Fit(data);
        return Columns.Vectors(model.Transform(data), "Features");
    }

    /// <summary>What the graph of one window gives for each window of a clip, in double precision.</summary>
    private static float[][] Windows(float[] clip, int hop)
    {
        float[] w = TinyMediaBackbones.WindowWeights();
        const int size = TinyMediaBackbones.Window;
        int count = clip.Length <= size ? 1 : (clip.Length - size + hop - 1) / hop + 1;
        return [.. Enumerable.Range(0, count).Select(i => Enumerable.Range(0, D)
            .Select(d => (float)Math.Tanh(Enumerable.Range(0, size).Sum(j => (double)At(clip, i * hop + j) * w[j * D + d]))).ToArray())];
    }

    private static float[] Mean(float[][] windows) => [.. Enumerable.Range(0, D).Select(d => windows.Average(w => w[d]))];

    private static float[] Recurrent(float[] clip)
    {
        float[] w = TinyMediaBackbones.RecurrentWeights();
        const int size = TinyMediaBackbones.Window;
        double[] state = new double[D];
        var all = new List<double[]>();
        for (int start = 0; start < clip.Length; start += size)
        {
            double[] before = state;
            state = [.. Enumerable.Range(0, D).Select(d => Math.Tanh(before[d] + Enumerable.Range(0, 2 + size).Sum(j => (double)At(clip, start - 2 + j) * w[j * D + d])))];
            all.Add(state);
        }
        return [.. Enumerable.Range(0, D).Select(d => (float)all.Average(s => s[d]))];
    }

    private static float At(float[] clip, int index) => index >= 0 && index < clip.Length ? clip[index] : 0;

    internal sealed class Row
    {
        public byte[] Audio { get; set; } = [];

        public float Number { get; set; }

        public string Name { get; set; } = "";

        public float[] Weights { get; set; } = [];
    }

    private sealed class PathRow
    {
        public string Audio { get; set; } = "";
    }

    private sealed class SampleRow
    {
        public float[] Audio { get; set; } = [];

        public int Rate { get; set; }
    }

    private sealed class NumberRow
    {
        public float Audio { get; set; }
    }
}
