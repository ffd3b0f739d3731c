namespace MLTransfer.Backbones;

/// <summary>How an image processor of Hugging Face reads the members of its file, and what it does where one is absent.</summary>
internal sealed record ImageProcessorKind
{
    /// <summary>What a plain number in "size" means: the shorter side, or both.</summary>
    public bool NumberIsShorterSide { get; init; }

    /// <summary>Whether a crop follows where the file does not say; null where the processor does not read do_center_crop.</summary>
    public bool? CropsToCentre { get; init; }

    /// <summary>A rule of its own between "size" and what is resized and cropped.</summary>
    public ImageProcessorRule Rule { get; init; }

    /// <summary>Whether mean and standard deviation apply where the file does not say.</summary>
    public bool Normalizes { get; init; } = true;

    /// <summary>Whether the order is blue, green, red where the file does not say.</summary>
    public bool FlipsChannels { get; init; }

    private static readonly ImageProcessorKind Stretch = new();

    private static readonly ImageProcessorKind StretchThenCrop = new() { CropsToCentre = true };

    private static readonly ImageProcessorKind Shorter = new() { NumberIsShorterSide = true, CropsToCentre = true };

    /// <summary>The processors whose rules are known, by the name before "ImageProcessor" or "FeatureExtractor".</summary>
    private static readonly Dictionary<string, ImageProcessorKind> Known = new(StringComparer.Ordinal)
    {
        ["ViT"] = Stretch,
        ["Pvt"] = Stretch,
        ["Segformer"] = Stretch,
        ["DPT"] = Stretch,
        ["Blip"] = Stretch,
        ["Siglip"] = Stretch,
        ["Beit"] = StretchThenCrop,
        ["DeiT"] = StretchThenCrop,
        ["EfficientNet"] = Stretch with { CropsToCentre = false, Rule = ImageProcessorRule.EfficientNet },
        ["CLIP"] = Shorter,
        ["ChineseCLIP"] = Shorter,
        ["Bit"] = Shorter,
        ["ViTHybrid"] = Shorter,
        ["MobileNetV1"] = Shorter,
        ["MobileNetV2"] = Shorter,
        ["MobileViT"] = Shorter with { Normalizes = false, FlipsChannels = true },
        ["Levit"] = Shorter with { Rule = ImageProcessorRule.Levit },
        ["PoolFormer"] = Shorter with { Rule = ImageProcessorRule.CropPercent },
        ["ConvNext"] = Shorter with { CropsToCentre = null, Rule = ImageProcessorRule.ConvNext },
    };

    public static IEnumerable<string> Names => Known.Keys;

    /// <summary>The kind of a processor's class name, such as "ViTImageProcessor", "CLIPFeatureExtractor" or "ConvNextImageProcessorFast"; null where its rules are not known.</summary>
    public static ImageProcessorKind? Find(string type)
    {
        foreach (string ending in (ReadOnlySpan<string>)["ImageProcessorFast", "ImageProcessor", "FeatureExtractor"])
        {
            if (type.EndsWith(ending, StringComparison.Ordinal))
                return Known.GetValueOrDefault(type[..^ending.Length]);
        }
        return null;
    }
}
