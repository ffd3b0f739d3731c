using MLTransfer.Backbones;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Cli.Demo;

/// <summary>Opens an image backbone by what the command line says of it.</summary>
internal static class PhotoBackbone
{
    // What the presets' sizes are meant for.
    private const int UsualSize = 224;

    private static readonly Dictionary<string, ImagePreprocessing> Known = new(StringComparer.Ordinal)
    {
        ["torchvision"] = ImagePreprocessing.Torchvision(UsualSize),
        ["keras-tf"] = ImagePreprocessing.KerasTf(UsualSize),
        ["keras-caffe"] = ImagePreprocessing.KerasCaffe(UsualSize),
        ["keras-torch"] = ImagePreprocessing.KerasTorch(UsualSize),
        ["clip"] = ImagePreprocessing.Clip(UsualSize),
    };

    /// <summary>Names of the presets.</summary>
    public static IReadOnlyCollection<string> Presets => Known.Keys;

    /// <summary>Opens it. A preset takes its size and the order of its axes from the graph, and keeps its proportions.</summary>
    public static Backbone Open(string pathOrName, string? preset, string? feature, CancellationToken cancel = default) => Backbone.Open(pathOrName, new BackboneOptions
    {
        FeatureOutput = feature,
        Modality = BackboneModality.Image,
        CancellationToken = cancel,
        Image = preset is null ? null : Fit(Known[preset], pathOrName),
    });

    private static ImagePreprocessing Fit(ImagePreprocessing preset, string pathOrName)
    {
        using OnnxModel model = ModelSource.FromFile(BackboneFiles.Find(pathOrName, new BackboneOptions()).GraphPath).Read();
        if (InputRoles.RequiredInputs(model.Graph) is not [{ Dimensions: [_, var second, var third, var fourth] }])
            return preset;
        bool isLast = fourth.Value is 1 or 3 && second.Value is not (1 or 3);
        (long? height, long? width) = isLast ? (second.Value, third.Value) : (third.Value, fourth.Value);
        return preset with
        {
            Layout = isLast ? TensorLayout.Nhwc : TensorLayout.Nchw,
            Height = (int?)height ?? preset.Height,
            Width = (int?)width ?? preset.Width,
            ResizeSize = height is long size ? (int?)(preset.ResizeSize * size / UsualSize) : preset.ResizeSize,
        };
    }
}
