using Microsoft.ML.Runtime;
using MLTransfer.Embedding;
using MLTransfer.Images;
using MLTransfer.Media;
using MLTransfer.Persistence;

namespace MLTransfer;

/// <summary>The fitted step of <see cref="ImageEmbeddingEstimator"/>.</summary>
/// <inheritdoc/>
public sealed class ImageEmbeddingTransformer : EmbeddingTransformer
{
    private readonly ImageEmbeddingOptions _options;

    internal ImageEmbeddingTransformer(IHostEnvironment env, ImageStep step, ImageEmbeddingOptions options)
        : base(env, step) => _options = options;

    internal static ImageEmbeddingTransformer Read(IHostEnvironment env, PayloadReader payload)
    {
        PayloadSettings settings = new(payload.Kind, payload.Settings);
        ImageEmbeddingOptions options = MediaPayload.ReadOptions(settings, new ImageEmbeddingOptions
        {
            DecodeMode = settings.Choice<DecodeMode>("decodeMode"),
            MaximumPixels = settings.Number<long>("maximumPixels"),
        });
        Backbone backbone = EmbeddingPayload.ReadBackbone(payload);
        return new ImageEmbeddingTransformer(env, new ImageStep(EmbeddingPlan.Make(env, ImageStep.Name, backbone, options), options), options);
    }

    private protected override void WriteSettings(PayloadWriter payload)
    {
        MediaPayload.Write(payload, _options);
        payload.Settings["decodeMode"] = _options.DecodeMode.ToString();
        payload.Settings["maximumPixels"] = _options.MaximumPixels;
    }
}
