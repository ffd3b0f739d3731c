using Microsoft.ML.Runtime;
using MLTransfer.Embedding;
using MLTransfer.Persistence;
using MLTransfer.Text;

namespace MLTransfer;

/// <summary>The fitted step of <see cref="TextEmbeddingEstimator"/>.</summary>
/// <inheritdoc/>
public sealed class TextEmbeddingTransformer : EmbeddingTransformer
{
    private readonly TextEmbeddingOptions _options;

    internal TextEmbeddingTransformer(IHostEnvironment env, TextStep step, TextEmbeddingOptions options)
        : base(env, step) => _options = options;

    internal static TextEmbeddingTransformer Read(IHostEnvironment env, PayloadReader payload)
    {
        PayloadSettings settings = new(payload.Kind, payload.Settings);
        TextEmbeddingOptions options = EmbeddingPayload.ReadOptions(settings, new TextEmbeddingOptions
        {
            InputColumnName = settings.Text("inputColumnName"),
            MaximumLength = settings.Optional<int>("maximumLength"),
            Role = settings.Choice<TextRole>("role"),
            Prefix = settings.OptionalText("prefix"),
        });
        Backbone backbone = EmbeddingPayload.ReadBackbone(payload);
        return new TextEmbeddingTransformer(env, new TextStep(EmbeddingPlan.Make(env, TextStep.Name, backbone, options), options), options);
    }

    private protected override void WriteSettings(PayloadWriter payload)
    {
        payload.Settings["inputColumnName"] = _options.InputColumnName;
        payload.Settings["maximumLength"] = _options.MaximumLength;
        payload.Settings["role"] = _options.Role.ToString();
        payload.Settings["prefix"] = _options.Prefix;
    }
}
