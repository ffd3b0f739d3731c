using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Recipes;

public sealed class EmbedAudioRecipe : Recipe
{
    private static readonly (string Name, double Hertz)[] Pitches = [("low", 200), ("middle", 400), ("high", 800)];

    [Test]
    public void ClassifyClips()
    {
        Clip[] labelledClips = [.. Pitches.SelectMany(p => Enumerable.Range(1, 4).Select(i => new Clip { Audio = $"{p.Name}-{i}.wav", Label = p.Name }))];
        foreach ((string name, double hertz) in Pitches)
        {
            for (int i = 1; i <= 4; i++)
                Scenery.Tone($"{name}-{i}.wav", hertz * (1 + 0.01 * i), 0.2 + 0.1 * i);
        }
        Scenery.Tone("new-1.wav", 410, 0.5);
        Scenery.Tone("new-2.wav", 205, 0.3);
        Scenery.AudioGraph("backbone.onnx", window: false);

        // sample: classify-clips
        var ml = new MLContext(seed: 0);
        Backbone backbone = Backbone.Open("backbone.onnx", new BackboneOptions
        {
            Audio = AudioPreprocessing.Waveform(16_000),        // files of other rates are resampled
            Pooling = Pooling.Mean,                             // over the frames of a clip
        });
        IDataView train = ml.Data.LoadFromEnumerable(labelledClips);    // Audio: the path of a WAV file; Label: a text

        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.EmbedAudio("Features", backbone, inputColumnName: "Audio"))
            .Append(ml.MulticlassClassification.Trainers.LinearHead())
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        using var model = pipeline.Fit(train);

        using var engine = ml.Model.CreatePredictionEngine<Clip, Prediction>(model, new PredictionEngineOptions { OwnsTransformer = false });
        foreach (string path in new[] { "new-1.wav", "new-2.wav" })
            Console.WriteLine($"{path} {engine.Predict(new Clip { Audio = path }).PredictedLabel}");
        // end
        Show("classify-clips");
    }

    [Test]
    public void LongSounds()
    {
        Scenery.Tone("long.wav", 400, 0.45);
        Scenery.AudioGraph("backbone.onnx", window: true);

        // sample: long-sounds
        var ml = new MLContext();
        Backbone backbone = Backbone.Open("backbone.onnx", new BackboneOptions
        {
            Audio = AudioPreprocessing.Waveform(16_000) with { HopSamples = 800 },    // the graph takes 1600 samples; windows overlap by half
        });
        IDataView data = ml.Data.LoadFromEnumerable(new[] { new Clip { Audio = "long.wav" } });
        var options = new AudioEmbeddingOptions
        {
            Pooling = Pooling.Max,                                                    // over the windows; the default is their mean
            AdditionalOutputs = [new FeatureOutput("Windows", Pooling.None)],         // and each window by itself
        };
        using var embed = ml.Transforms.EmbedAudio(backbone, options).Fit(data);
        IDataView view = embed.Transform(data);
        Console.WriteLine($"{view.GetColumn<float[]>("Features").First().Length} numbers, {view.GetColumn<float[]>("Windows").First().Length / 4} windows");
        // end
        Show("long-sounds");
    }

    private sealed class Clip
    {
        public string Audio { get; set; } = "";

        public string Label { get; set; } = "";
    }
}
