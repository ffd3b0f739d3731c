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
        PayloadSettings settings = new(payload.Kind, payload.Settings);
        TensorEmbeddingOptions options = EmbeddingPayload.ReadOptions(settings, new TensorEmbeddingOptions
        {
            InputColumns = settings.Objects("inputColumns").ToDictionary(c => c.Text("input"), c => c.Text("column")),
        });
        Backbone backbone = EmbeddingPayload.ReadBackbone(payload);
        return new TensorEmbeddingTransformer(env, new TensorStep(EmbeddingPlan.Make(env, TensorStep.Name, backbone, options), options), options);
    }

    private protected override void WriteSettings(PayloadWriter payload) => payload.Settings["inputColumns"] = new JsonArray(
        [.. _options.InputColumns.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => (JsonNode)new JsonObject { ["input"] = c.Key, ["column"] = c.Value })]);
}
