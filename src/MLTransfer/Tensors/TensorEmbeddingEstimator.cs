using Microsoft.ML.Runtime;
using MLTransfer.Embedding;
using MLTransfer.Tensors;

namespace MLTransfer;

/// <summary>Turns vector columns into the features of a pretrained backbone that reads plain numbers. Made by <c>mlContext.Transforms.EmbedTensor</c>.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Does this estimator need to look at the data to train its parameters?</term><description>No</description></item>
/// <item><term>Input column data type</term><description>Vector of Single, Double, Int32 or Int64, as the graph's input</description></item>
/// <item><term>Output column data type</term><description>Vector of Single, of known size; of variable size for sequences (<see cref="Pooling.None"/>)</description></item>
/// <item><term>Thread safety</term><description>The estimator and what it fits may be used by any number of threads</description></item>
/// </list>
/// Rows of a variable axis share a run only with rows of the same length, because such graphs have no mask.
/// </remarks>
public sealed class TensorEmbeddingEstimator : EmbeddingEstimator<TensorEmbeddingTransformer>
{
    internal TensorEmbeddingEstimator(IHostEnvironment env, Backbone backbone, TensorEmbeddingOptions options)
        : this(env, new TensorStep(EmbeddingPlan.Make(env, TensorStep.Name, backbone, options), options), options)
    {
    }

    private TensorEmbeddingEstimator(IHostEnvironment env, TensorStep step, TensorEmbeddingOptions options)
        : base(env, step, host => new TensorEmbeddingTransformer(host, step, options))
    {
    }
}
