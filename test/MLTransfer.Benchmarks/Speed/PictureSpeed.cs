using System.Globalization;
using MLTransfer.Benchmarks.Measuring;
using MLTransfer.Testing;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>Decoding, resizing and normalising pictures on one thread, against Pillow with torchvision.</summary>
internal static class PictureSpeed
{
    private const string Set = "caltech20";

    public static void Run(Figures figures)
    {
        string? folder = Assets.FindData(Set);
        if (folder is null)
        {
            figures.Skip("pictures-over-torchvision", $"the data set {Set} is not on this machine");
            return;
        }
        string[] paths = [.. Directory.EnumerateFiles(folder, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where((_, i) => i % 2 == 0)];
        using var ours = new OurPixels(ImagePreprocessing.Torchvision(), DecodeMode.Exact);
        OverTorchvision(figures, ours, paths);
    }

    private static void OverTorchvision(Figures figures, OurPixels ours, string[] paths)
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
}
