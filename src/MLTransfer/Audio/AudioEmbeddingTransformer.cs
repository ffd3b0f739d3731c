using Microsoft.ML.Runtime;
using MLTransfer.Audio;
using MLTransfer.Embedding;
using MLTransfer.Media;
using MLTransfer.Persistence;

namespace MLTransfer;

/// <summary>The fitted step of <see cref="AudioEmbeddingEstimator"/>.</summary>
/// <inheritdoc/>
public sealed class AudioEmbeddingTransformer : EmbeddingTransformer
{
    private readonly AudioEmbeddingOptions _options;

    internal AudioEmbeddingTransformer(IHostEnvironment env, AudioStep step, AudioEmbeddingOptions options)
        : base(env, step) => _options = options;

    internal static AudioEmbeddingTransformer Read(IHostEnvironment env, PayloadReader payload)
    {
        PayloadSettings settings = new(payload.Kind, payload.Settings);
        AudioEmbeddingOptions options = MediaPayload.ReadOptions(settings, new AudioEmbeddingOptions
        {
            SampleRate = settings.Optional<int>("sampleRate"),
            SampleRateColumnName = settings.OptionalText("sampleRateColumnName"),
            Channel = settings.Optional<int>("channel"),
            MaximumSamples = settings.Number<int>("maximumSamples"),
        });
        Backbone backbone = EmbeddingPayload.ReadBackbone(payload);
        return new AudioEmbeddingTransformer(env, new AudioStep(EmbeddingPlan.Make(env, AudioStep.Name, backbone, options), options), options);
    }

    private protected override void WriteSettings(PayloadWriter payload)
    {
        MediaPayload.Write(payload, _options);
        payload.Settings["sampleRate"] = _options.SampleRate;
        payload.Settings["sampleRateColumnName"] = _options.SampleRateColumnName;
        payload.Settings["channel"] = _options.Channel;
        payload.Settings["maximumSamples"] = _options.MaximumSamples;
    }
}
