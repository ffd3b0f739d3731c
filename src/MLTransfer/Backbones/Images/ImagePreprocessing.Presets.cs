using MLTransfer.Internal;

namespace MLTransfer;

public sealed partial record ImagePreprocessing
{
    // Of ImageNet's training pictures, as torchvision's and timm's models use them.
    private static readonly ChannelValues ImageNetMean = [0.485, 0.456, 0.406];
    private static readonly ChannelValues ImageNetStd = [0.229, 0.224, 0.225];

    /// <summary>
    /// The classification models of torchvision (<c>torchvision.transforms._presets.ImageClassification</c>): shorter side, centre crop, 1/255, ImageNet's mean and
    /// standard deviation.
    /// </summary>
    /// <param name="size">Pixels of both sides of the crop.</param>
    /// <param name="resizeSize">Pixels of the shorter side before the crop: 256 for the first weights of most models, 232 for the second.</param>
    public static ImagePreprocessing Torchvision(int size = 224, int resizeSize = 256) => new()
    {
        Width = size,
        Height = size,
        Resize = ImageResize.ShorterSide,
        ResizeSize = resizeSize,
        Mean = ImageNetMean,
        Std = ImageNetStd,
    };

    /// <summary>
    /// Keras applications in mode "caffe" (<c>keras.applications.imagenet_utils.preprocess_input</c>; ResNet 50 to 152 of version 1, VGG): stretched, blue, green, red, minus
    /// 103.939, 116.779, 123.68, NHWC. Give <c>with { Layout = TensorLayout.Nchw }</c> where the export has turned the axes.
    /// </summary>
    /// <param name="size">Pixels of both sides.</param>
    /// <param name="filter">The default is that of Keras's <c>load_img</c>.</param>
    public static ImagePreprocessing KerasCaffe(int size = 224, ResizeFilter filter = ResizeFilter.Nearest) => Keras(size, filter) with
    {
        Channels = ChannelOrder.Bgr,
        Rescale = 1,
        Mean = [103.939, 116.779, 123.68],
    };

    /// <summary>Keras applications in mode "tf" (MobileNet, Inception, Xception, ResNet of version 2): stretched, x/127.5 − 1, NHWC.</summary>
    /// <param name="size">Pixels of both sides.</param>
    /// <param name="filter">The default is that of Keras's <c>load_img</c>.</param>
    public static ImagePreprocessing KerasTf(int size = 224, ResizeFilter filter = ResizeFilter.Nearest) => Keras(size, filter) with
    {
        Rescale = 1 / 127.5,
        Mean = [1],
    };

    /// <summary>Keras applications in mode "torch" (DenseNet): stretched, 1/255, ImageNet's mean and standard deviation, NHWC.</summary>
    /// <param name="size">Pixels of both sides.</param>
    /// <param name="filter">The default is that of Keras's <c>load_img</c>.</param>
    public static ImagePreprocessing KerasTorch(int size = 224, ResizeFilter filter = ResizeFilter.Nearest) => Keras(size, filter) with
    {
        Mean = ImageNetMean,
        Std = ImageNetStd,
    };

    /// <summary>OpenAI's CLIP (<c>clip.load</c>): shorter side, bicubic, centre crop, its own mean and standard deviation.</summary>
    /// <param name="size">Pixels of both sides.</param>
    public static ImagePreprocessing Clip(int size = 224) => new()
    {
        Width = size,
        Height = size,
        Resize = ImageResize.ShorterSide,
        Filter = ResizeFilter.Bicubic,
        Mean = [0.48145466, 0.4578275, 0.40821073],
        Std = [0.26862954, 0.26130258, 0.27577711],
    };

    /// <summary>
    /// timm's evaluation transform (<c>timm.data.create_transform</c> with crop mode "center"): shorter side ⌊size / crop percentage⌋, centre crop, 1/255, mean and standard
    /// deviation. The numbers stand in a model's <c>pretrained_cfg</c>.
    /// </summary>
    /// <param name="size">Pixels of both sides of the crop.</param>
    /// <param name="cropPercent">The crop's part of the shorter side, above 0 to 1: timm's <c>crop_pct</c>.</param>
    /// <param name="filter">timm's <c>interpolation</c>.</param>
    /// <param name="mean">Default: ImageNet's.</param>
    /// <param name="std">Default: ImageNet's.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="cropPercent"/> is not above 0 and at most 1.</exception>
    public static ImagePreprocessing Timm(
        int size = 224, double cropPercent = 0.875, ResizeFilter filter = ResizeFilter.Bicubic, ChannelValues? mean = null, ChannelValues? std = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        if (!(cropPercent is > 0 and <= 1))
            throw Throw.ImageSetting(nameof(cropPercent), cropPercent, "a number above 0 and at most 1");
        return new()
        {
            Width = size,
            Height = size,
            Resize = ImageResize.ShorterSide,
            ResizeSize = (int)Math.Floor(size / cropPercent),
            Filter = filter,
            Mean = mean ?? ImageNetMean,
            Std = std ?? ImageNetStd,
        };
    }

    private static ImagePreprocessing Keras(int size, ResizeFilter filter) => new()
    {
        Width = size,
        Height = size,
        Resize = ImageResize.Exact,
        Filter = filter,
        Layout = TensorLayout.Nhwc,
    };
}
