using Microsoft.ML.OnnxRuntime;
using MLTransfer.Audio;
using MLTransfer.Benchmarks.Measuring;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>
/// What a patient programmer would write over the raw session for clips that have the graph's sample rate: read, decode, one clip a run (its windows side by side, where the
/// graph has a window), mean. One clip at a time on all threads, or as many clips as there are cores on one thread each, whichever a trial finds faster. The decoder is ours.
/// </summary>
internal sealed class RawAudioLoop : IDisposable
{
    private readonly InferenceSession _allThreads;
    private readonly InferenceSession _oneThread;
    private readonly RunOptions _runOptions = new();
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly int? _window;
    private readonly int _least;

    public RawAudioLoop(Backbone backbone, int? window)
    {
        using var options = new SessionOptions();
        _allThreads = new InferenceSession(backbone.Source.FilePath, options);
        options.IntraOpNumThreads = 1;
        _oneThread = new InferenceSession(backbone.Source.FilePath, options);
        _inputNames = [backbone.Ports.Inputs.Values.Single().Name];
        _outputNames = [backbone.Card.FeatureOutput];
        _window = window;
        _least = backbone.Card.Audio!.MinimumSamples;
    }

    /// <summary>Whether clips run side by side.</summary>
    public bool IsParallel { get; private set; }

    /// <summary>Takes the faster way; each is tried twice after a pass to warm up.</summary>
    public void Choose(List<LabelledFile> clips, float[][] features)
    {
        Pass(clips, features);
        double alone = Math.Min(Pass(clips, features), Pass(clips, features));
        IsParallel = true;
        Pass(clips, features);
        IsParallel = Math.Min(Pass(clips, features), Pass(clips, features)) < alone;
    }

    public double Pass(List<LabelledFile> clips, float[][] features) => Rounds.Seconds(() =>
    {
        if (IsParallel)
        {
            Parallel.For(0, clips.Count, i => features[i] = Run(_oneThread, clips[i].Path));
            return;
        }
        for (int i = 0; i < clips.Count; i++)
            features[i] = Run(_allThreads, clips[i].Path);
    });

    public void Dispose()
    {
        _allThreads.Dispose();
        _oneThread.Dispose();
        _runOptions.Dispose();
    }

    private float[] Run(InferenceSession session, string path)
    {
        float[] samples = WavDecoder.Decode(File.ReadAllBytes(path), out _);
        if (samples.Length < _least)
            Array.Resize(ref samples, _least);
        int window = _window ?? samples.Length;
        int windows = (samples.Length + window - 1) / window;
        Array.Resize(ref samples, windows * window);
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(samples, [windows, window]);
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(_runOptions, _inputNames, [input], _outputNames);
        ReadOnlySpan<float> frames = outputs[0].GetTensorDataAsSpan<float>();
        var mean = new float[outputs[0].GetTensorTypeAndShape().Shape[^1]];
        for (int i = 0; i < frames.Length; i++)
            mean[i % mean.Length] += frames[i];
        for (int i = 0; i < mean.Length; i++)
            mean[i] /= frames.Length / mean.Length;
        return mean;
    }
}
