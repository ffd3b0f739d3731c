using Microsoft.ML.Runtime;
using MLTransfer.Audio;
using MLTransfer.Embedding;

namespace MLTransfer;

/// <summary>Turns a column of sounds into the features of a pretrained audio backbone. Made by <c>mlContext.Transforms.EmbedAudio</c>.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Does this estimator need to look at the data to train its parameters?</term><description>No</description></item>
/// <item><term>Input column data type</term><description>Text (paths of WAV files), Vector of Byte (their bytes), or Vector of Single (samples)</description></item>
/// <item><term>Output column data type</term><description>Vector of Single, of known size; of variable size for sequences (<see cref="Pooling.None"/>)</description></item>
/// <item><term>Thread safety</term><description>The estimator and what it fits may be used by any number of threads</description></item>
/// </list>
/// A clip that is longer than the window of the graph is cut into windows, and pooled over all of them. Clips of different lengths never share a run, because padding would
/// change what such graphs say.
/// </remarks>
public sealed class AudioEmbeddingEstimator : EmbeddingEstimator<AudioEmbeddingTransformer>
{
    internal AudioEmbeddingEstimator(IHostEnvironment env, Backbone backbone, AudioEmbeddingOptions options)
        : this(env, new AudioStep(EmbeddingPlan.Make(env, AudioStep.Name, backbone, options), options), options)
    {
    }

    private AudioEmbeddingEstimator(IHostEnvironment env, AudioStep step, AudioEmbeddingOptions options)
        : base(env, step, host => new AudioEmbeddingTransformer(host, step, options))
    {
    }
}
