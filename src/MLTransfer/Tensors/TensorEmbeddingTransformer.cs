using System.Text.Json.Nodes;
using Microsoft.ML.Runtime;
using MLTransfer.Embedding;
using MLTransfer.Persistence;
using MLTransfer.Tensors;

namespace MLTransfer;

/// <summary>The fitted step of <see cref="TensorEmbeddingEstimator"/>.</summary>
/// <inheritdoc/>
public sealed class TensorEmbeddingTransformer : EmbeddingTransformer
{
    private readonly TensorEmbeddingOptions _options;

    internal TensorEmbeddingTransformer(IHostEnvironment env, TensorStep step, TensorEmbeddingOptions options)
        : base(env, step) => _options = options;

    internal static TensorEmbeddingTransformer Read(IHostEnvironment env, PayloadReader payload)
    {
        TensorEmbeddingOptions options = EmbeddingPayload.ReadOptions(payload, new TensorEmbeddingOptions
        {
            InputColumns = payload.Settings["inputColumns"]!.AsObject().ToDictionary(c => c.Key, c => (string)c.Value!),
        });
        Backbone backbone = EmbeddingPayload.ReadBackbone(payload);
        return new TensorEmbeddingTransformer(env, new TensorStep(EmbeddingPlan.Make(env, TensorStep.Name, backbone, options), options), options);
    }

    private protected override void WriteSettings(PayloadWriter payload) => payload.Settings["inputColumns"] = new JsonObject(
        _options.InputColumns.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => KeyValuePair.Create(c.Key, (JsonNode?)c.Value)));
}
