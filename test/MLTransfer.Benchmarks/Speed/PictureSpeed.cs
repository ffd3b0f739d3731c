using System.Globalization;
using MLTransfer.Benchmarks.Measuring;
using MLTransfer.Images;
using MLTransfer.Testing;
using SkiaSharp;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>Decoding, resizing and normalising pictures on one thread, against Pillow with torchvision, and what decoding to a smaller size saves and costs.</summary>
internal static class PictureSpeed
{
    private const string Set = "caltech20";

    public static void Run(Figures figures)
    {
        string? folder = Assets.FindData(Set);
        if (folder is null)
        {
            foreach (string name in (string[])["pictures-over-torchvision", "pictures-scaled-over-exact"])
                figures.Skip(name, $"the data set {Set} is not on this machine");
            return;
        }
        string[] paths = [.. Directory.EnumerateFiles(folder, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where((_, i) => i % 2 == 0)];
        using var exact = new OurPictures(DecodeMode.Exact);
        OverTorchvision(figures, exact, paths);

        byte[][] large = [.. Enumerable.Range(0, 8).Select(i => FullHd(paths, i))];
        using var scaled = new OurPictures(DecodeMode.Scaled);
        Figures.Say(string.Create(CultureInfo.InvariantCulture, $"1920 × 1080, decoded to a smaller size: mean difference {Difference(exact, scaled, large):0.00} of 255 levels"));
        figures.Add("pictures-scaled-over-exact", Rounds.Ratios(() => scaled.Pass(large), () => exact.Pass(large)));
    }

    private static void OverTorchvision(Figures figures, OurPictures ours, string[] paths)
    {
        string list = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(list, paths);
            (PeerProcess? peer, string? problem) = PeerProcess.Start("/usr/bin/python3", Path.Combine(PeerProcess.Folder, "torchvision_pictures.py"), list);
            if (peer is null)
            {
                figures.Skip("pictures-over-torchvision", problem!);
                return;
            }
            using (peer)
            {
                byte[][] files = [.. paths.Select(File.ReadAllBytes)];
                ours.Pass(files);
                Figures.Say(string.Create(CultureInfo.InvariantCulture, $"ours: {files.Length / ours.Pass(files):0} pictures a second of {files.Length}; the peer: {files.Length / peer.Run():0}"));
                figures.Add("pictures-over-torchvision", Rounds.Ratios(() => ours.Pass(files), () => peer.Run()));
            }
        }
        finally
        {
            File.Delete(list);
        }
    }

    /// <summary>A JPEG file as a camera might make it: tiles of real pictures at their own size, so that its detail is real.</summary>
    private static byte[] FullHd(string[] paths, int number)
    {
        using var bitmap = new SKBitmap(1920, 1080);
        using var canvas = new SKCanvas(bitmap);
        for (int y = 0, next = 48 * number; y < bitmap.Height; y += 180)
        {
            for (int x = 0; x < bitmap.Width; x += 240, next++)
            {
                using SKBitmap tile = SKBitmap.Decode(paths[next % paths.Length]);
                canvas.DrawBitmap(tile, x, y);
            }
        }
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        return data.ToArray();
    }

    private static double Difference(OurPictures exact, OurPictures scaled, byte[][] files)
    {
        double sum = 0;
        foreach (byte[] file in files)
            sum += exact.Levels(file).Zip(scaled.Levels(file), (a, b) => Math.Abs(a - b)).Average();
        return sum / files.Length;
    }

    private sealed class OurPictures(DecodeMode mode) : IDisposable
    {
        private readonly ImageWorkspace _workspace = new();
        private readonly ImagePreprocessor _preprocessor = new(ImagePreprocessing.Torchvision(), 224, 224, mode);
        private readonly ImagePreprocessor _levels = new(ImagePreprocessing.Torchvision() with { Rescale = 1, Mean = [0], Std = [1] }, 224, 224, mode);
        private readonly float[] _numbers = new float[3 * 224 * 224];

        public double Pass(byte[][] files) => Rounds.Seconds(() =>
        {
            foreach (byte[] file in files)
                _preprocessor.Prepare(file, _workspace, 0, _numbers);
        });

        public float[] Levels(byte[] file)
        {
            float[] levels = new float[_numbers.Length];
            _levels.Prepare(file, _workspace, 0, levels);
            return levels;
        }

        public void Dispose() => _workspace.Dispose();
    }
}
