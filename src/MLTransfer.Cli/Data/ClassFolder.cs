using System.Text;
using MLTransfer.Images;

namespace MLTransfer.Cli.Data;

/// <summary>A folder whose subfolders are classes: of pictures, or of texts in .txt files.</summary>
internal static class ClassFolder
{
    private const string TextExtension = ".txt";

    // The smallest picture that can be asked for shows as well as any whether a file can be read.
    private const int ProofSide = 1;

    /// <summary>How names of pictures end.</summary>
    public static IReadOnlyList<string> PictureExtensions { get; } = [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif"];

    /// <summary>The subfolders, in ordinal order.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">What named it, for messages.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ArgumentException">It has fewer than two subfolders.</exception>
    public static string[] Classes(string folder, string name)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{name} names '{folder}', but there is no such folder.");
        string[] classes = [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)];
        return classes.Length >= 2
            ? classes
            : throw new ArgumentException($"{name} names '{folder}', which has {classes.Length} subfolders. Each subfolder is a class; at least two are needed.");
    }

    /// <summary>The files below a folder whose names end in one of the extensions, in ordinal order.</summary>
    public static IEnumerable<string> Files(string folder, IReadOnlyList<string> extensions) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(f => extensions.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal);

    /// <summary>Reads texts, or the paths of pictures after proving that each can be decoded.</summary>
    /// <exception cref="ArgumentException">It has fewer than two subfolders, or holds texts and pictures, or neither.</exception>
    public static LabelledData Read(string folder, CancellationToken cancel)
    {
        string[] classes = Classes(folder, "The argument 'data'");
        (string Path, string Label)[] pictures = Labelled(classes, PictureExtensions);
        (string Path, string Label)[] texts = Labelled(classes, [TextExtension]);
        if (pictures.Length > 0 && texts.Length > 0)
        {
            throw new ArgumentException(
                $"The subfolders of '{folder}' hold {texts.Length} texts ({TextExtension}) and {pictures.Length} pictures. A model is trained on one of them: move the others away.");
        }
        if (pictures.Length == 0 && texts.Length == 0)
            throw new ArgumentException($"The subfolders of '{folder}' hold neither texts ({TextExtension}) nor pictures ({string.Join(", ", PictureExtensions)}).");
        return pictures.Length > 0 ? Read(folder, BackboneModality.Image, pictures, ProvePicture, cancel) : Read(folder, BackboneModality.Text, texts, ReadText, cancel);
    }

    private static (string Path, string Label)[] Labelled(string[] classes, IReadOnlyList<string> extensions) =>
        [.. classes.SelectMany(c => Files(c, extensions).Select(f => (f, Path.GetFileName(c))))];

    private static LabelledData Read(string folder, BackboneModality modality, (string Path, string Label)[] files, Func<string, string> read, CancellationToken cancel)
    {
        var rows = new LabelledRow?[files.Length];
        var problems = new string?[files.Length];
        Parallel.For(0, files.Length, new ParallelOptions { CancellationToken = cancel }, i =>
        {
            try
            {
                rows[i] = new LabelledRow { Input = read(files[i].Path), Label = files[i].Label };
            }
            catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException or DecoderFallbackException)
            {
                problems[i] = $"'{files[i].Path}': {e.Message}";
            }
        });
        return new LabelledData(folder, modality, [.. rows.OfType<LabelledRow>()], [.. problems.OfType<string>()]);
    }

    private static string ReadText(string path)
    {
        string text = StrictText.Read(path);
        return string.IsNullOrWhiteSpace(text) ? throw new FormatException("the file holds no text.") : text;
    }

    private static string ProvePicture(string path)
    {
        using var workspace = new ImageWorkspace();
        var preprocessor = new ImagePreprocessor(new ImagePreprocessing { Filter = ResizeFilter.Box }, ProofSide, ProofSide);
        preprocessor.Prepare(File.ReadAllBytes(path), workspace, rowSeed: 0, new float[3 * ProofSide * ProofSide]);
        return path;
    }
}
