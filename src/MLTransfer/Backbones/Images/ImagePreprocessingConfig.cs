using System.Text.Json.Nodes;

namespace MLTransfer.Backbones;

/// <summary>
/// Reads preprocessor_config.json as the image processors of Hugging Face's transformers (4.40) do. What would change pixels and is not understood is an error that names the
/// member.
/// </summary>
internal static class ImagePreprocessingConfig
{
    private const string Stated = "one or three numbers: the defaults differ between versions of the processors";

    /// <summary>What each known processor may have beside, without any effect on the pixels of a picture.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "image_processor_type", "feature_extractor_type", "processor_class", "_valid_processor_keys", "auto_map", "use_fast", "default_to_square", "device", "data_format",
        "input_data_format", "return_tensors", "disable_grouping", "do_reduce_labels", "reduce_labels", "do_convert_rgb", "num_labels",
    };

    private static readonly HashSet<string> Understood = new(StringComparer.Ordinal)
    {
        "do_resize", "size", "resample", "do_center_crop", "crop_size", "crop_pct", "do_rescale", "rescale_factor", "rescale_offset", "include_top", "do_normalize", "image_mean",
        "image_std", "do_flip_channel_order", "do_pad", "pad_size", "size_divisor", "keep_aspect_ratio", "ensure_multiple_of",
    };

    /// <summary>Null where there is no such file, or where it is that of something else than pictures.</summary>
    /// <exception cref="InvalidDataException">It is that of pictures, and asks for something that is not supported.</exception>
    public static ImagePreprocessing? Read(ConfigFile file)
    {
        string[] members = [.. file.Members];
        if (!members.Any(m => m is "image_mean" or "image_std" or "do_resize" or "image_processor_type" or "resample" or "do_normalize" or "size")
            || members.Any(m => m is "sampling_rate" or "feature_size"))
        {
            return null;
        }
        (string typeMember, ImageProcessorKind kind, bool isFast) = KindOf(file);
        foreach (string member in members.Where(m => !Harmless.Contains(m) && !Understood.Contains(m)))
        {
            // A step of another processor that is switched off.
            if (file.Node(member) is JsonNode node && !(member.StartsWith("do_", StringComparison.Ordinal) && node is JsonValue flag && flag.TryGetValue(out bool on) && !on))
                throw file.Unexpected(member, $"nothing: {file.Text(typeMember)} has no such member that is understood");
        }
        Refuse(file, "do_pad", file.Flag("do_pad") == true, "false: padding to a size that depends on the batch is not supported");
        Refuse(file, "pad_size", file.Node("pad_size") is not null, "nothing: padding is not supported");
        Refuse(file, "size_divisor", file.Node("size_divisor") is not null, "nothing: sizes that depend on the picture are not supported");
        Refuse(file, "keep_aspect_ratio", file.Flag("keep_aspect_ratio") == true, "false: sizes that depend on the picture are not supported");
        Refuse(file, "ensure_multiple_of", file.Number("ensure_multiple_of") is not (null or 1), "1: sizes that depend on the picture are not supported");

        ImagePreprocessing settings = Size(file, kind) with { CropRounding = isFast ? CropRounding.HalfToEven : CropRounding.Down };
        return Numbers(file, kind, settings);
    }

    private static (string Member, ImageProcessorKind Kind, bool IsFast) KindOf(ConfigFile file)
    {
        string member = file.Text("image_processor_type") is not null ? "image_processor_type" : "feature_extractor_type";
        string type = file.Text(member) ?? throw file.Unexpected("image_processor_type", "the class of an image processor, which decides what the other members mean");
        ImageProcessorKind kind = ImageProcessorKind.Find(type)
            ?? throw file.Unexpected(member, $"an image processor whose rules are known: {string.Join(", ", ImageProcessorKind.Names.Select(n => n + "ImageProcessor"))}");
        return (member, kind, type.EndsWith("Fast", StringComparison.Ordinal));
    }

    private static ImagePreprocessing Size(ConfigFile file, ImageProcessorKind kind)
    {
        Refuse(file, "do_center_crop", file.Flag("do_center_crop") == true && kind.CropsToCentre is null, "false: this processor does not read it");
        bool crops = file.Flag("do_center_crop") ?? kind.CropsToCentre ?? false;
        (int Width, int Height)? crop = crops ? CropSize(file) : null;
        var settings = new ImagePreprocessing { Width = crop?.Width, Height = crop?.Height };
        if (!(file.Flag("do_resize") ?? true))
        {
            return crops ? settings with { Resize = ImageResize.None }
                : throw file.Unexpected("do_resize", "true, because without a resize or a crop every picture keeps a size of its own");
        }
        settings = settings with { Filter = Filter(file) };
        (int? shorter, int width, int height) = ResizeSize(file, kind);
        double percent = file.Number("crop_pct") ?? (kind.Rule == ImageProcessorRule.ConvNext ? 224.0 / 256 : 0.9);
        if (file.Node("crop_pct") is not null && kind.Rule is not (ImageProcessorRule.ConvNext or ImageProcessorRule.CropPercent))
            throw file.Unexpected("crop_pct", "nothing: this processor does not read it");
        if (!(percent is > 0 and <= 1))
            throw file.Unexpected("crop_pct", "a number above 0 and at most 1");
        switch (kind.Rule)
        {
            case ImageProcessorRule.ConvNext:
                Refuse(file, "size", shorter is null, "a number or an object with shortest_edge");
                return settings with
                {
                    Width = shorter,
                    Height = shorter,
                    Resize = shorter < 384 ? ImageResize.ShorterSide : ImageResize.Exact,
                    ResizeSize = shorter < 384 ? (int)(shorter.Value / percent) : null,
                };
            case ImageProcessorRule.Levit:
                Refuse(file, "size", shorter is null, "a number or an object with shortest_edge");
                shorter = (int)(256.0 / 224 * shorter!.Value);
                break;
            case ImageProcessorRule.CropPercent:
                Refuse(file, "size", shorter is null, "a number or an object with shortest_edge");
                shorter = (int)(shorter!.Value / percent);
                break;
        }
        if (shorter is int side)
        {
            Refuse(file, "do_center_crop", !crops, "true, because a resize of the shorter side alone leaves every picture a size of its own");
            return settings with { Resize = ImageResize.ShorterSide, ResizeSize = side };
        }
        if (!crops || (crop!.Value.Width == width && crop.Value.Height == height))
            return settings with { Width = width, Height = height, Resize = ImageResize.Exact };
        Refuse(file, "size", width != height, "the same width and height, because a crop follows");
        return settings with { Resize = ImageResize.Exact, ResizeSize = width };
    }

    /// <summary>The shorter side, or width and height.</summary>
    private static (int? Shorter, int Width, int Height) ResizeSize(ConfigFile file, ImageProcessorKind kind)
    {
        switch (file.Node("size"))
        {
            case JsonValue value when Whole(value) is int side:
                return kind.NumberIsShorterSide ? (side, 0, 0) : (null, side, side);
            // Feature extractors of old wrote (width, height).
            case JsonArray { Count: 2 } list when Whole(list[0]) is int width && Whole(list[1]) is int height:
                return (null, width, height);
            case JsonObject { Count: 2 } values when Whole(values["width"]) is int width && Whole(values["height"]) is int height:
                return (null, width, height);
            case JsonObject { Count: 1 } values when Whole(values["shortest_edge"]) is int side:
                return (side, 0, 0);
            default:
                throw file.Unexpected("size", "a whole number, or an object of whole numbers with height and width, or with shortest_edge alone");
        }
    }

    private static (int Width, int Height) CropSize(ConfigFile file) => file.Node("crop_size") switch
    {
        JsonValue value when Whole(value) is int side => (side, side),
        JsonObject { Count: 2 } values when Whole(values["width"]) is int width && Whole(values["height"]) is int height => (width, height),
        _ => throw file.Unexpected("crop_size", "a whole number, or an object of whole numbers with height and width, because do_center_crop is true"),
    };

    private static ResizeFilter Filter(ConfigFile file) => file.Number("resample") switch
    {
        0 => ResizeFilter.Nearest,
        1 => ResizeFilter.Lanczos,
        2 => ResizeFilter.Bilinear,
        3 => ResizeFilter.Bicubic,
        4 => ResizeFilter.Box,
        5 => ResizeFilter.Hamming,
        _ => throw file.Unexpected("resample", "a filter of Pillow, 0 to 5: the defaults differ between versions of the processors"),
    };

    private static ImagePreprocessing Numbers(ConfigFile file, ImageProcessorKind kind, ImagePreprocessing settings)
    {
        double factor = file.Number("rescale_factor") ?? 1.0 / 255;
        Refuse(file, "rescale_factor", !(factor > 0 && double.IsFinite(factor)), "a finite number above 0");
        double[] mean = [0];
        double[] std = [1];
        if (file.Flag("do_normalize") ?? kind.Normalizes)
        {
            mean = file.Numbers("image_mean") ?? throw file.Unexpected("image_mean", Stated);
            std = file.Numbers("image_std") ?? throw file.Unexpected("image_std", Stated);
            Refuse(file, "image_mean", mean.Length is not (1 or 3), "one or three numbers");
            Refuse(file, "image_std", std.Length is not (1 or 3) || !std.All(v => v > 0), "one or three numbers above 0");
        }
        bool rescales = file.Flag("do_rescale") ?? true;
        if (file.Flag("rescale_offset") == true)
        {
            Refuse(file, "rescale_offset", kind.Rule != ImageProcessorRule.EfficientNet || !rescales, "false: this processor does not read it");
            mean = [.. mean.Select(v => v + 1)];
        }
        bool hasTop = file.Flag("include_top") ?? kind.Rule == ImageProcessorRule.EfficientNet;
        if (hasTop)
        {
            Refuse(file, "include_top", kind.Rule != ImageProcessorRule.EfficientNet, "false: this processor does not read it");
            double[] again = file.Numbers("image_std") ?? throw file.Unexpected("image_std", Stated);
            double[] once = std;
            int count = Math.Max(once.Length, again.Length);
            std = [.. Enumerable.Range(0, count).Select(i => once[i % once.Length] * again[i % again.Length])];
        }
        return settings with
        {
            Rescale = rescales ? factor : 1,
            Mean = ChannelValues.Create(mean),
            Std = ChannelValues.Create(std),
            Channels = (file.Flag("do_flip_channel_order") ?? kind.FlipsChannels) ? ChannelOrder.Bgr : ChannelOrder.Rgb,
        };
    }

    private static int? Whole(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out double number) && number is >= 1 and <= 16_384 && number == Math.Floor(number) ? (int)number : null;

    private static void Refuse(ConfigFile file, string member, bool isWrong, string expected)
    {
        if (isWrong)
            throw file.Unexpected(member, expected);
    }
}
