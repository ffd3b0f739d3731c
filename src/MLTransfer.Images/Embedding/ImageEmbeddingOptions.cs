namespace MLTransfer;

/// <summary>Settings of <c>EmbedImage</c>.</summary>
public sealed record ImageEmbeddingOptions : MediaEmbeddingOptions
{
    /// <summary>The most pixels of a picture by default: twice Pillow's MAX_IMAGE_PIXELS, beyond which Pillow refuses too. Decoding so many takes 716 MB.</summary>
    public const long DefaultMaximumPixels = 178_956_970;

    /// <summary>Settings that read the column "Image".</summary>
    public ImageEmbeddingOptions()
        : base("Image")
    {
    }

    /// <summary>How exactly pictures are decoded. Default: <see cref="DecodeMode.Exact"/>.</summary>
    public DecodeMode DecodeMode { get; init; }

    /// <summary>
    /// The most pixels, width times height, that a picture's header may state. A larger one is a row that cannot be read; nothing is decoded, and no memory taken. Default:
    /// <see cref="DefaultMaximumPixels"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public long MaximumPixels
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaximumPixels));
            field = value;
        }
    } = DefaultMaximumPixels;

    /// <summary>
    /// Random changes to each picture, for training: what is drawn depends on the seed and the picture, so that every pass sees the same. Not saved with the model: a loaded one
    /// changes nothing. Default: none.
    /// </summary>
    public ImageAugmentation? Augmentation { get; init; }
}
