using MLTransfer.Testing;

namespace MLTransfer.Benchmarks.Measuring;

/// <summary>The image and audio backbones of the benchmarks, read as their origins say; null where one is not on this machine.</summary>
internal static class MediaBackbones
{
    public const string MobileNetV1 = "mobilenetv1-0.25-128";
    public const string MobileNetV2 = "mobilenetv2-1.0-224";
    public const string SqueezeNet = "squeezenet1.0";
    public const string ResNet50 = "resnet50-v1-w8";
    public const string Moonshine = "moonshine-tiny-encoder-q8";
    public const string YamNet = "yamnet-w8";

    // Caffe's means of SqueezeNet are whole numbers.
    private static readonly ChannelValues WholeMeans = [104, 117, 123];

    /// <summary>Opens a backbone.</summary>
    /// <param name="model">Which.</param>
    /// <param name="filter">Image backbones: stretched by this filter, as ML.NET resizes. Default: as the backbone's makers evaluated it.</param>
    public static Backbone? Open(string model, ResizeFilter? filter = null)
    {
        if (Assets.FindModel(model) is not string folder)
            return null;
        BackboneOptions options = Options(model);
        return Backbone.Open(folder, filter is ResizeFilter other ? options with { Image = options.Image! with { Filter = other, Resize = ImageResize.Exact, ResizeSize = null } } : options);
    }

    // Moonshine was made for sentences. Clips of less than a second are followed by silence: five folds of fsdd's training rows say .973 with it and .937 without.
    private static BackboneOptions Options(string model) => model switch
    {
        MobileNetV1 => Image(null, Cropped(ImagePreprocessing.KerasTf(128), 146)),
        MobileNetV2 => Image("mobilenetv2_1.0_224_fp32", Cropped(ImagePreprocessing.KerasTf(), 256)),
        SqueezeNet => Image("squeezenet1.0_fp32", ImagePreprocessing.KerasCaffe() with { Mean = WholeMeans }),
        ResNet50 => Image(null, ImagePreprocessing.KerasCaffe()),
        Moonshine => new BackboneOptions { Audio = AudioPreprocessing.Waveform(16_000) with { MinimumSamples = 16_000 }, Pooling = Pooling.Mean },
        YamNet => new BackboneOptions { Audio = AudioPreprocessing.Waveform(16_000), FeatureOutput = "embedding" },
        _ => throw new ArgumentOutOfRangeException(nameof(model), model, "There is no such backbone."),
    };

    // TensorFlow's own evaluation of both reads the middle 87.5 % of a photo, bilinear. Five folds of caltech20's training rows prefer it too for the smaller one: .895 against
    // .883 stretched.
    private static ImagePreprocessing Cropped(ImagePreprocessing stretched, int shorterSide) =>
        stretched with { Resize = ImageResize.ShorterSide, ResizeSize = shorterSide, Filter = ResizeFilter.Bilinear };

    // The exports have turned Keras's axes.
    private static BackboneOptions Image(string? variant, ImagePreprocessing preprocessing) =>
        new() { Variant = variant, Image = preprocessing with { Layout = TensorLayout.Nchw }, FeatureOutput = "features" };
}
