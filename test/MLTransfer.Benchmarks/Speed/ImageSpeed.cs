using Microsoft.ML.Data;
using MLTransfer.Benchmarks.Measuring;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>Photos to features, against ML.NET's own steps and against themselves.</summary>
internal static class ImageSpeed
{
    private const int Photos = 256;
    private const int FullHdFiles = 16;

    private static readonly ChannelValues Zero = [0];
    private static readonly ChannelValues One = [1];

    private static readonly string[] OfMobileNetV2 = ["images-over-mlnet", "images-over-mlnet-bilinear", "images-decode", "images-decode-bilinear"];

    // Ten times the photos, and six times that: the small backbone, so that it ends.
    private static readonly string[] OfMobileNetV1 = ["images-over-mlnet-mobilenetv1", "images-bytes-per-row", "images-10x-time", "images-10x-memory"];

    public static void Run(Figures figures)
    {
        if (LabelledFile.Read("caltech20", "train") is not List<LabelledFile> files)
        {
            foreach (string name in (string[])[.. OfMobileNetV2, .. OfMobileNetV1, "decode-scaled"])
                figures.Skip(name, "the data set caltech20 is not on this machine");
            return;
        }
        LabelledFile[] shuffled = [.. files];
        new Random(0).Shuffle(shuffled);
        List<LabelledFile> photos = [.. shuffled.Take(Photos)];
        WithMobileNetV2(figures, photos);
        WithMobileNetV1(figures, photos, [.. shuffled]);
        Scaled(figures, photos);
    }

    private static void WithMobileNetV2(Figures figures, List<LabelledFile> photos)
    {
        if (MediaBackbones.Open(MediaBackbones.MobileNetV2, ResizeFilter.Nearest) is not Backbone backbone)
        {
            Skip(figures, OfMobileNetV2, MediaBackbones.MobileNetV2);
            return;
        }
        // ML.NET knows no better filter than the nearest pixel. With that, both do the same; with bilinear as in Pillow we do more.
        Backbone bilinear = MediaBackbones.Open(MediaBackbones.MobileNetV2, ResizeFilter.Bilinear)!;
        int side = backbone.Card.Image!.Width!.Value;
        using (MlNetImages peer = MlNetImages.Features(backbone, side))
        {
            OverMlNet(figures, "images-over-mlnet", backbone, peer, photos);
            OverMlNet(figures, "images-over-mlnet-bilinear", bilinear, peer, photos);
        }
        using MlNetImages pixels = MlNetImages.Pixels(backbone, side);
        Decode(figures, "images-decode", backbone, pixels, photos);
        Decode(figures, "images-decode-bilinear", bilinear, pixels, photos);
    }

    private static void WithMobileNetV1(Figures figures, List<LabelledFile> photos, List<LabelledFile> all)
    {
        if (MediaBackbones.Open(MediaBackbones.MobileNetV1, ResizeFilter.Nearest) is not Backbone backbone)
        {
            Skip(figures, OfMobileNetV1, MediaBackbones.MobileNetV1);
            return;
        }
        using (MlNetImages peer = MlNetImages.Features(backbone, backbone.Card.Image!.Width!.Value))
            OverMlNet(figures, "images-over-mlnet-mobilenetv1", backbone, peer, photos);
        using OurMedia ours = OurMedia.Images(backbone);
        ours.Pass(all);
        // A cursor's own buffers, some 7 MB, are 18 kB a row of 400 and 2 of 4,000; what each row costs is the question here.
        IEnumerable<LabelledFile> tenfold = Enumerable.Repeat(all, 10).SelectMany(f => f);
        figures.Add("images-bytes-per-row", Costs.BytesPerRow(() => ours.Pass(tenfold), 10 * all.Count));
        // No window of rows holds a photo twice, and nothing is kept between windows: each row is work.
        (List<double> times, List<double> memories) = Costs.TenTimes(() => ours.Pass(all), () => ours.Pass(tenfold));
        figures.Add("images-10x-time", times);
        figures.Add("images-10x-memory", memories);
    }

    private static void OverMlNet(Figures figures, string name, Backbone backbone, MlNetImages peer, List<LabelledFile> photos)
    {
        using OurMedia ours = OurMedia.Images(backbone);
        var features = new float[photos.Count][];
        double theirs = peer.Pass(photos, (row, feature) => features[row] = [.. feature.DenseValues()]);
        Figures.Say($"{name}: largest difference of a number {ours.Difference(photos, features):0.0e0}, of the largest {features.Max(f => f.Max(Math.Abs)):0.0}; " +
            $"ML.NET {photos.Count / theirs:0} photos per second");
        figures.Add(name, Rounds.Ratios(() => ours.Pass(photos), () => peer.Pass(photos)));
    }

    private static void Decode(Figures figures, string name, Backbone backbone, MlNetImages peer, List<LabelledFile> photos)
    {
        using var ours = new OurPixels(backbone.Card.Image!, DecodeMode.Exact);
        IEnumerable<byte[]> files = photos.Select(p => File.ReadAllBytes(p.Path));
        var pixels = new float[photos.Count][];
        peer.Pass(photos, (row, value) => pixels[row] = [.. value.DenseValues()]);
        double sum = 0;
        ours.Pass(files, (row, value) => sum += value.Zip(pixels[row], (a, b) => Math.Abs(a - b)).Average());
        Figures.Say($"{name}: mean difference of a pixel {sum / photos.Count * 127.5:0.000} of 255");
        figures.Add(name, Rounds.Ratios(() => ours.Pass(files), () => peer.Pass(photos)));
    }

    private static void Scaled(Figures figures, List<LabelledFile> photos)
    {
        List<byte[]> files = FullHdPhotos.Make(photos, FullHdFiles);
        // In levels of 0 to 255, so that the difference is one of levels.
        ImagePreprocessing levels = ImagePreprocessing.Torchvision() with { Rescale = 1, Mean = Zero, Std = One };
        using var exact = new OurPixels(levels, DecodeMode.Exact);
        using var scaled = new OurPixels(levels, DecodeMode.Scaled);
        var pixels = new float[files.Count][];
        exact.Pass(files, (row, value) => pixels[row] = [.. value]);
        double sum = 0;
        scaled.Pass(files, (row, value) => sum += value.Zip(pixels[row], (a, b) => Math.Abs(a - b)).Average());
        Figures.Say($"decode-scaled: {files.Average(f => f.Length) / 1000:0} kB a file, exact {exact.Pass(files) / files.Count * 1000:0.0} ms a file on one thread; mean difference of a pixel {sum / files.Count:0.00} of 255");
        figures.Add("decode-scaled", Rounds.Ratios(() => scaled.Pass(files), () => exact.Pass(files)));
    }

    private static void Skip(Figures figures, string[] names, string model)
    {
        foreach (string name in names)
            figures.Skip(name, $"the model {model} is not on this machine");
    }
}
