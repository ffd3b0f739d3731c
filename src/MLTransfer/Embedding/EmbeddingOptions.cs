using MLTransfer.Onnx;

namespace MLTransfer;

/// <summary>What all embedding steps can be told. Values left null are the backbone's, as its card states them.</summary>
public abstract record EmbeddingOptions
{
    private protected EmbeddingOptions()
    {
    }

    /// <summary>Name of the feature column, <c>Vector&lt;Single, D&gt;</c>. Default: "Features".</summary>
    /// <exception cref="ArgumentException">Empty.</exception>
    public string OutputColumnName
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(OutputColumnName));
            field = value;
        }
    } = "Features";

    /// <summary>How token vectors become the feature. <see cref="MLTransfer.Pooling.None"/> delivers the sequence, a variable <c>Vector&lt;Single, *, D&gt;</c> of unmasked tokens.</summary>
    public Pooling? Pooling { get; init; }

    /// <summary>Whether features are divided by their Euclidean norm. Sequences never are.</summary>
    public bool? Normalize { get; init; }

    /// <summary>
    /// Keeps the first numbers of a feature only (then normalises), for backbones trained so that these carry most of it (Kusupati et al. 2022, "Matryoshka Representation
    /// Learning"). 1 to the backbone's dimension. Default: all.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int? Dimension
    {
        get;
        init
        {
            if (value is int dimension)
                ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1, nameof(Dimension));
            field = value;
        }
    }

    /// <summary>Further columns from the same run, such as the sequence beside the pooled feature. Default: none.</summary>
    public IReadOnlyList<FeatureOutput> AdditionalOutputs { get; init; } = [];

    /// <summary>
    /// Where the graph runs. Default: what <c>MLContext.GpuDeviceId</c> and <c>MLContext.FallbackToCpu</c> say, else the CPU. What is set here is saved with the model; the
    /// default is decided anew wherever the model is loaded.
    /// </summary>
    public ComputeTarget? Target { get; init; }

    /// <summary>How graphs with whole-tensor quantisation are run. Default: <see cref="Int8Execution.Exact"/>.</summary>
    public Int8Execution Int8Execution { get; init; }

    /// <summary>Precision of sequence outputs. Default: <see cref="SequencePrecision.Float16"/>.</summary>
    public SequencePrecision SequencePrecision { get; init; }

    /// <summary>How the graph is kept in model.zip. Default: <see cref="GraphStorage.Embedded"/>.</summary>
    public GraphStorage GraphStorage { get; init; }

    /// <summary>Where features of rows already seen are held. Default: the backbone's cache.</summary>
    public FeatureCache? Cache { get; init; }

    /// <summary>Padded elements (tokens; numbers of variable vectors; pixels; samples of sound) of one run. Default: what suits the target, 256 tokens on a CPU. Values do not depend on it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int? ElementsPerRun
    {
        get;
        init
        {
            if (value is int elements)
                ArgumentOutOfRangeException.ThrowIfLessThan(elements, 1, nameof(ElementsPerRun));
            field = value;
        }
    }
}
