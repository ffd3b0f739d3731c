using System.Security.Cryptography;
using MLTransfer.Images;
using MLTransfer.Testing;

namespace MLTransfer.Tests.Images;

/// <summary>Pictures and hashes of what Pillow makes of them; make_pillow_golden.py wrote both.</summary>
internal static class PillowGolden
{
    /// <summary>The resize modes of the golden file, as settings, with the frame that they fill.</summary>
    public static readonly IReadOnlyDictionary<string, (ImagePreprocessing Settings, int Width, int Height)> Modes =
        new Dictionary<string, (ImagePreprocessing, int, int)>
        {
            ["exact"] = (new(), 224, 160),
            ["exact-crop"] = (new() { ResizeSize = 61 }, 48, 48),
            ["shorter"] = (new() { Resize = ImageResize.ShorterSide, ResizeSize = 256 }, 224, 224),
            ["shorter-small"] = (new() { Resize = ImageResize.ShorterSide, ResizeSize = 33 }, 32, 32),
            ["shorter-under"] = (new() { Resize = ImageResize.ShorterSide, ResizeSize = 51 }, 64, 64),
            ["shorter-down"] = (new() { Resize = ImageResize.ShorterSide, ResizeSize = 97, CropRounding = CropRounding.Down }, 64, 64),
            ["shorter-down-under"] = (new() { Resize = ImageResize.ShorterSide, ResizeSize = 51, CropRounding = CropRounding.Down }, 64, 64),
            ["pad"] = (new() { Resize = ImageResize.Pad, PadColour = [10, 200, 30] }, 160, 120),
            ["pad-corner"] = (new() { Resize = ImageResize.Pad, PadColour = [10, 200, 30], PadPosition = PadPosition.TopLeft }, 96, 96),
            ["none"] = (new() { Resize = ImageResize.None }, 120, 120),
        };

    private static readonly string Here = Path.Combine(Assets.RepositoryRoot, "test", "MLTransfer.Tests", "Images");

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Here, file));

    public static byte[] Fixture(string name) => File.ReadAllBytes(Path.Combine(Here, "Fixtures", name));

    public static IEnumerable<string> Fixtures() => Directory.GetFiles(Path.Combine(Here, "Fixtures")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    /// <summary>Each picture's line: its name and the hashes by column.</summary>
    public static IEnumerable<(string Name, Dictionary<string, string> Columns)> Pictures()
    {
        string[] lines = Lines("pillow-golden.tsv");
        string[] heads = lines[0].Split('\t');
        return lines.Skip(1).Select(line => line.Split('\t')).Select(cells => (cells[0], heads.Zip(cells).ToDictionary(c => c.First, c => c.Second)));
    }

    /// <summary>The first 12 digits of SHA-256 over red, green and blue.</summary>
    public static unsafe string Hash(PixelView pixels)
    {
        byte[] bytes = new byte[3 * pixels.Width * pixels.Height];
        int at = 0;
        for (int y = 0; y < pixels.Height; y++)
        {
            byte* row = pixels.Row(y);
            for (int x = 0; x < pixels.Width; x++, row += 4)
            {
                bytes[at++] = row[0];
                bytes[at++] = row[1];
                bytes[at++] = row[2];
            }
        }
        return Convert.ToHexStringLower(SHA256.HashData(bytes))[..12];
    }

    public static unsafe string Hash(byte[] file, ImagePreprocessor preprocessor, ImageWorkspace workspace, ulong rowSeed = 0)
    {
        fixed (byte* bytes = file)
            return Hash(preprocessor.Pixels(bytes, file.Length, workspace, rowSeed));
    }

    /// <summary>A picture with smooth parts, edges and noise, the same as the script's.</summary>
    public static unsafe void Pattern(PixelView pixels, int seed)
    {
        for (int y = 0; y < pixels.Height; y++)
        {
            byte* row = pixels.Row(y);
            for (int x = 0; x < pixels.Width; x++, row += 4)
            {
                row[0] = (byte)(127 + 120 * Math.Sin(x / 5.0 + seed) * Math.Cos(y / 7.0));
                row[1] = (byte)((x * 7 + y * 3 + seed * 31) % 256);
                row[2] = (byte)Math.Min(((x / 6 + y / 4) % 2 == 0 ? 230 : 20) + (x * 37 + y * 101) % 19, 255);
                row[3] = 0;
            }
        }
    }
}
