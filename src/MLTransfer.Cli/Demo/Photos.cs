using MLTransfer.Cli.Data;
using MLTransfer.Images;

namespace MLTransfer.Cli.Demo;

/// <summary>The photos of a folder whose subfolders are classes.</summary>
/// <param name="Rows">Those that can be read.</param>
/// <param name="Problems">What is wrong with the others, each with its path.</param>
internal sealed record Photos(IReadOnlyList<Photo> Rows, IReadOnlyList<string> Problems)
{
    public const int PixelCount = 3 * Side * Side;

    private const int Side = 16;

    /// <summary>The least photos of a class: half of them are measured on.</summary>
    private const int Least = 4;

    public IReadOnlyList<string> Classes => [.. Rows.Select(r => r.Label).Distinct()];

    /// <summary>Photos of the smallest class.</summary>
    public int SmallestClass => Rows.GroupBy(r => r.Label).Min(g => g.Count());

    /// <summary>Reads a folder.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ArgumentException">It has fewer than two classes, or a class of too few photos.</exception>
    public static Photos Read(string folder)
    {
        string[] classes = ClassFolder.Classes(folder, "--images");
        var rows = new List<Photo>();
        var problems = new List<string>();
        using var workspace = new ImageWorkspace();
        foreach (string path in classes)
        {
            int before = rows.Count;
            foreach (string file in ClassFolder.Files(path, ClassFolder.PictureExtensions))
                Read(file, Path.GetFileName(path), workspace, rows, problems);
            if (rows.Count - before < Least)
            {
                throw new ArgumentException($"The class '{Path.GetFileName(path)}' of '{folder}' has {rows.Count - before} photos that can be read; at least {Least} are needed." +
                    (problems.Count > 0 ? $" {problems[^1]}" : ""));
            }
        }
        return new Photos(rows, problems);
    }

    /// <summary>What there is of a picture without a backbone: 16 × 16 pixels of red, green and blue.</summary>
    public static float[] Pixels(string file, ImageWorkspace workspace)
    {
        float[] pixels = new float[PixelCount];
        new ImagePreprocessor(new ImagePreprocessing { Filter = ResizeFilter.Box }, Side, Side).Prepare(File.ReadAllBytes(file), workspace, rowSeed: 0, pixels);
        return pixels;
    }

    private static void Read(string file, string label, ImageWorkspace workspace, List<Photo> rows, List<string> problems)
    {
        float[] pixels;
        try
        {
            pixels = Pixels(file, workspace);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            problems.Add($"'{file}': {e.Message}");
            return;
        }
        rows.Add(new Photo { Image = file, Label = label, Pixels = pixels });
    }
}
