using MLTransfer.Benchmarks.Measuring;
using MLTransfer.Images;

namespace MLTransfer.Benchmarks.Quality;

/// <summary>What image backbones are worth on real photos, beside plain pixels with the same head.</summary>
internal static class ImageQuality
{
    private const int BaselineSide = 32;

    public static void Run(Figures figures)
    {
        Set(figures, "caltech20", [("mobilenetv1", MediaBackbones.MobileNetV1), ("mobilenetv2", MediaBackbones.MobileNetV2), ("resnet50", MediaBackbones.ResNet50),
            ("squeezenet", MediaBackbones.SqueezeNet)]);
        Set(figures, "flowers5", [("mobilenetv2", MediaBackbones.MobileNetV2)]);
    }

    private static void Set(Figures figures, string set, (string Name, string Model)[] backbones)
    {
        List<LabelledFile>? train = LabelledFile.Read(set, "train");
        List<LabelledFile>? test = LabelledFile.Read(set, "test");
        foreach ((string name, string model) in backbones)
        {
            Backbone? backbone = MediaBackbones.Open(model);
            if (backbone is null || train is null || test is null)
            {
                figures.Skip($"{set}-{name}", backbone is null ? $"the model {model} is not on this machine" : $"the data set {set} is not on this machine");
                continue;
            }
            figures.Add($"{set}-{name}", [LinearProbe.Accuracy(train, test, ml => ml.Transforms.EmbedImage("Features", backbone, "Path"))]);
        }
        if (train is null || test is null)
            figures.Skip($"{set}-baseline", $"the data set {set} is not on this machine");
        else
            figures.Add($"{set}-baseline", [LinearProbe.Accuracy(train, test, Pixels)]);
    }

    /// <summary>The photo as 32 × 32 pixels of red, green and blue, without any backbone.</summary>
    private static float[] Pixels(string path)
    {
        var preprocessor = new ImagePreprocessor(new ImagePreprocessing(), BaselineSide, BaselineSide);
        using var workspace = new ImageWorkspace();
        var pixels = new float[preprocessor.Length];
        preprocessor.Prepare(File.ReadAllBytes(path), workspace, rowSeed: 0, pixels);
        return pixels;
    }
}
