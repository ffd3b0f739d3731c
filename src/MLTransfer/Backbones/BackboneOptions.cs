namespace MLTransfer;

/// <summary>What <see cref="Backbone.Open(string, BackboneOptions?)"/> is told instead of inferring it. Everything left null is read from the card, or inferred.</summary>
public sealed record BackboneOptions
{
    /// <summary>
    /// Which .onnx file of the folder, where there are several: its path relative to the folder, its file name, or its file name without the extension. Default: the
    /// card's, else <c>model.onnx</c> in the folder or its <c>onnx</c> subfolder, else the only one.
    /// </summary>
    public string? Variant { get; init; }

    /// <summary>What the backbone reads. Default: text where a tokenizer lies beside the graph, else tensors.</summary>
    public BackboneModality? Modality { get; init; }

    /// <summary>
    /// How a picture becomes the graph's input; says that the backbone reads images. Default: the card's, or what preprocessor_config.json says.
    /// </summary>
    public ImagePreprocessing? Image { get; init; }

    /// <summary>How a clip becomes the graph's input; says that the backbone reads sound. Default: the card's, or what preprocessor_config.json says.</summary>
    public AudioPreprocessing? Audio { get; init; }

    /// <summary>
    /// The value of the graph that is the feature: an output, or any value inside, as <see cref="Backbone.ListFeatures"/> lists them. Default: the card's, else the only output
    /// that can be.
    /// </summary>
    public string? FeatureOutput { get; init; }

    /// <summary>How token vectors become one vector. Default: what 1_Pooling/config.json says; a graph that pools already needs none.</summary>
    public Pooling? Pooling { get; init; }

    /// <summary>Whether features are divided by their Euclidean norm. Default: what modules.json says, else no.</summary>
    public bool? Normalize { get; init; }

    /// <summary>Text: the most tokens of a row. Default: sentence_bert_config.json, tokenizer_config.json or config.json, in this order; else 512;
    /// never more than the graph has positions for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 3: two special tokens and one of the text.</exception>
    public int? MaximumLength
    {
        get;
        init
        {
            if (value is int length)
                ArgumentOutOfRangeException.ThrowIfLessThan(length, 3, nameof(MaximumLength));
            field = value;
        }
    }

    /// <summary>SHA-256 the graph must have, in hexadecimal. Default: the card's; no check where neither states one.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The cache that steps over this backbone share. Default: a new one of <see cref="FeatureCache.DefaultMemoryLimit"/> bytes.</summary>
    public FeatureCache? Cache { get; init; }

    /// <summary>Ends the opening by an <see cref="OperationCanceledException"/> while the file is hashed, which takes seconds for gigabytes. Default: never.</summary>
    public CancellationToken CancellationToken { get; init; }
}
