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
        TextEmbeddingOptions options = EmbeddingPayload.ReadOptions(payload, new TextEmbeddingOptions
        {
            InputColumnName = (string)payload.Settings["inputColumnName"]!,
            MaximumLength = (int?)payload.Settings["maximumLength"],
            Role = Enum.Parse<TextRole>((string)payload.Settings["role"]!),
            Prefix = (string?)payload.Settings["prefix"],
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
