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

    /// <summary>
    /// Of <c>FineTuneImage</c> and image students: each picture is trained on as it is and in so many changed views, as <see cref="Augmentation"/> changes it with its seed plus 1, 2 and so on;
    /// the fitted model then changes nothing. Held-out rows are judged as they are. A teacher sees pictures as they are. Costs memory, or a temporary file, for each view. 0 or above. Default: 0,
    /// and <see cref="Augmentation"/> changes every picture once, in the fitted model, too.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public int AugmentedViewCount
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(AugmentedViewCount));
            field = value;
        }
    }
}
