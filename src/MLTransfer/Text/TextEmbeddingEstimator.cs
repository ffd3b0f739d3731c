using Microsoft.ML.Runtime;
using MLTransfer.Embedding;
using MLTransfer.Text;

namespace MLTransfer;

/// <summary>Turns a text column into the features of a pretrained text backbone. Made by <c>mlContext.Transforms.EmbedText</c>.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Does this estimator need to look at the data to train its parameters?</term><description>No</description></item>
/// <item><term>Input column data type</term><description>Text; a missing value is an empty text</description></item>
/// <item><term>Output column data type</term><description>Vector of Single, of known size; of variable size for sequences (<see cref="Pooling.None"/>)</description></item>
/// <item><term>Thread safety</term><description>The estimator and what it fits may be used by any number of threads</description></item>
/// </list>
/// Rows are read ahead, sorted by length and run in packs, and equal rows run once; a row's features do not depend on the rows beside it.
/// </remarks>
public sealed class TextEmbeddingEstimator : EmbeddingEstimator<TextEmbeddingTransformer>
{
    internal TextEmbeddingEstimator(IHostEnvironment env, Backbone backbone, TextEmbeddingOptions options)
        : this(env, new TextStep(EmbeddingPlan.Make(env, TextStep.Name, backbone, options), options), options)
    {
    }

    private TextEmbeddingEstimator(IHostEnvironment env, TextStep step, TextEmbeddingOptions options)
        : base(env, step, host => new TextEmbeddingTransformer(host, step, options))
    {
    }
}
