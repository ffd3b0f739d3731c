using System.Text.Json.Serialization;
using MLTransfer.Internal;

namespace MLTransfer;

/// <summary>
/// How a picture becomes the tensor that a backbone reads. In this order: upright by its EXIF orientation, to red, green and blue, resize, crop or pad, channels, then
/// (pixel · <see cref="Rescale"/> − mean) / std in float32. Immutable; equal where all of it is.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed partial record ImagePreprocessing
{
    private const int LargestSide = 16_384;

    /// <summary>Pixels across that the graph reads. Null, the default: the graph's own fixed axis.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not within 1 to 16,384.</exception>
    public int? Width { get; init => field = Side(value, nameof(Width)); }

    /// <summary>Pixels down that the graph reads. Null, the default: the graph's own fixed axis.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not within 1 to 16,384.</exception>
    public int? Height { get; init => field = Side(value, nameof(Height)); }

    /// <summary>How the picture is brought to that size. Default: <see cref="ImageResize.Exact"/>.</summary>
    public ImageResize Resize { get; init => field = Known(value, nameof(Resize)); } = ImageResize.Exact;

    /// <summary>
    /// <see cref="ImageResize.ShorterSide"/>: pixels of the shorter side before the crop; null, the default: the smaller of Width and Height.
    /// <see cref="ImageResize.Exact"/>: pixels of both sides before the crop; null: Width × Height, no crop. Null for the others.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not within 1 to 16,384.</exception>
    public int? ResizeSize { get; init => field = Side(value, nameof(ResizeSize)); }

    /// <summary>The filter of the resize. Default: <see cref="ResizeFilter.Bilinear"/>.</summary>
    public ResizeFilter Filter { get; init => field = Known(value, nameof(Filter)); } = ResizeFilter.Bilinear;

    /// <summary>Where a centre crop begins when the margin is odd. Default: <see cref="CropRounding.HalfToEven"/>, as in torchvision.</summary>
    public CropRounding CropRounding { get; init => field = Known(value, nameof(CropRounding)); } = CropRounding.HalfToEven;

    /// <summary>Red, green and blue (whole numbers, 0 to 255) of what the picture does not cover. Default: black.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not three whole numbers within 0 to 255.</exception>
    public ChannelValues PadColour { get; init => field = Colour(value); } = [0, 0, 0];

    /// <summary>Where a padded picture stands. Default: <see cref="PadPosition.Centre"/>.</summary>
    public PadPosition PadPosition { get; init => field = Known(value, nameof(PadPosition)); } = PadPosition.Centre;

    /// <summary>The channels of the tensor. Default: <see cref="ChannelOrder.Rgb"/>.</summary>
    public ChannelOrder Channels { get; init => field = Known(value, nameof(Channels)); } = ChannelOrder.Rgb;

    /// <summary>What a pixel of 0 to 255 is multiplied by. Default: 1/255.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a finite number above 0.</exception>
    public double Rescale
    {
        get;
        init => field = double.IsFinite(value) && value > 0 ? value : throw Throw.ImageSetting(nameof(Rescale), value, "a finite number above 0, such as 1/255");
    } = 1.0 / 255;

    /// <summary>What is subtracted after <see cref="Rescale"/>: one number, or one for each channel in the order of the tensor. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Neither one nor three numbers, or not finite.</exception>
    public ChannelValues Mean { get; init => field = Numbers(value, nameof(Mean), double.IsFinite, "finite numbers"); } = [0];

    /// <summary>What is divided by last: one number, or one for each channel in the order of the tensor. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Neither one nor three numbers, or not finite and above 0.</exception>
    public ChannelValues Std { get; init => field = Numbers(value, nameof(Std), v => double.IsFinite(v) && v > 0, "finite numbers above 0"); } = [1];

    /// <summary>The order of the tensor's axes. Default: <see cref="TensorLayout.Nchw"/>.</summary>
    public TensorLayout Layout { get; init => field = Known(value, nameof(Layout)); } = TensorLayout.Nchw;

    /// <summary>True, the default, where a picture is turned and mirrored as its EXIF data asks, as Hugging Face's load_image does; plain Pillow does not.</summary>
    public bool ApplyOrientation { get; init; } = true;

    /// <summary>1 for grey, else 3.</summary>
    [JsonIgnore]
    internal int ChannelCount => Channels == ChannelOrder.Grey ? 1 : 3;

    /// <summary>Checks what no property can check alone.</summary>
    /// <exception cref="InvalidDataException">Two of them contradict each other.</exception>
    internal void Check(string origin)
    {
        if (ResizeSize is int size && Resize is ImageResize.None or ImageResize.Pad)
            throw Throw.ImageContradiction(origin, nameof(ResizeSize), ResizeSize, $"none, because {nameof(Resize)} is {Resize}");
        if (Mean.Count != 1 && Mean.Count != ChannelCount)
            throw Throw.ImageContradiction(origin, nameof(Mean), Mean, $"1 or {ChannelCount} numbers, because {nameof(Channels)} is {Channels}");
        if (Std.Count != 1 && Std.Count != ChannelCount)
            throw Throw.ImageContradiction(origin, nameof(Std), Std, $"1 or {ChannelCount} numbers, because {nameof(Channels)} is {Channels}");
    }

    private static int? Side(int? value, string member) =>
        value is null or (>= 1 and <= LargestSide) ? value : throw Throw.ImageSetting(member, value, $"a whole number from 1 to {LargestSide}");

    private static T Known<T>(T value, string member) where T : struct, Enum =>
        Enum.IsDefined(value) ? value : throw Throw.ImageSetting(member, value, $"one of {string.Join(", ", Enum.GetNames<T>())}");

    private static ChannelValues Colour(ChannelValues? value) => value is { Count: 3 } && value.All(v => v is >= 0 and <= 255 && v == Math.Floor(v))
        ? value : throw Throw.ImageSetting(nameof(PadColour), value, "three whole numbers from 0 to 255: red, green and blue");

    private static ChannelValues Numbers(ChannelValues? value, string member, Func<double, bool> isGood, string expected) =>
        value is { Count: 1 or 3 } && value.All(isGood) ? value : throw Throw.ImageSetting(member, value, $"one or three {expected}");
}
