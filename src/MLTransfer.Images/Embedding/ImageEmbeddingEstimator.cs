using Microsoft.ML.Runtime;
using MLTransfer.Embedding;
using MLTransfer.Images;

namespace MLTransfer;

/// <summary>Turns a column of pictures into the features of a pretrained image backbone. Made by <c>mlContext.Transforms.EmbedImage</c>.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Does this estimator need to look at the data to train its parameters?</term><description>No</description></item>
/// <item><term>Input column data type</term><description>Text (paths), Vector of Byte (the bytes of files: JPEG, PNG, WebP, BMP, GIF), or MLImage</description></item>
/// <item><term>Output column data type</term><description>Vector of Single, of known size; of variable size for sequences (<see cref="Pooling.None"/>)</description></item>
/// <item><term>Thread safety</term><description>The estimator and what it fits may be used by any number of threads</description></item>
/// </list>
/// Pictures are decoded on all cores while earlier ones run through the graph. Equal pictures, by content and not by path, run once.
/// </remarks>
public sealed class ImageEmbeddingEstimator : EmbeddingEstimator<ImageEmbeddingTransformer>
{
    internal ImageEmbeddingEstimator(IHostEnvironment env, Backbone backbone, ImageEmbeddingOptions options)
        : this(env, new ImageStep(EmbeddingPlan.Make(env, ImageStep.Name, backbone, options), options), options)
    {
    }

    private ImageEmbeddingEstimator(IHostEnvironment env, ImageStep step, ImageEmbeddingOptions options)
        : base(env, step, host => new ImageEmbeddingTransformer(host, step, options))
    {
    }
}
