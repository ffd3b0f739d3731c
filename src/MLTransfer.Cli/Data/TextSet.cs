using System.Text;

namespace MLTransfer.Cli.Data;

/// <summary>Texts without labels, each once.</summary>
/// <param name="Texts">The texts, in the order of the files.</param>
/// <param name="FileCount">The files that they are from.</param>
/// <param name="DuplicateCount">Texts that were left out because they had been there before.</param>
internal sealed record TextSet(IReadOnlyList<string> Texts, int FileCount, int DuplicateCount)
{
    private static readonly string[] Extensions = [".txt", ".tsv", ".csv"];

    /// <summary>Reads .txt files, a text on each line; .tsv and .csv files, of which a column is taken; and folders of such. Lines and fields without a text are passed over.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="textColumn">The column of texts; upper and lower case are the same.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="FileNotFoundException">There is neither a folder nor a file.</exception>
    /// <exception cref="ArgumentException">A file is of no known kind or lacks the column, a folder has no such file, or there is no text at all.</exception>
    /// <exception cref="InvalidDataException">A line cannot be read.</exception>
    public static TextSet Read(IReadOnlyList<string> paths, string textColumn, CancellationToken cancel)
    {
        string[] files = [.. paths.SelectMany(Files)];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var texts = new List<string>();
        int count = 0;
        foreach (string text in files.SelectMany(f => OfFile(f, textColumn)))
        {
            cancel.ThrowIfCancellationRequested();
            count++;
            if (seen.Add(text))
                texts.Add(text);
        }
        return texts.Count > 0 ? new TextSet(texts, files.Length, count - texts.Count) : throw new ArgumentException($"There is no text in {string.Join(", ", paths.Select(p => $"'{p}'"))}.");
    }

    /// <summary>The lines of a file that hold a text, without blanks around them.</summary>
    /// <exception cref="InvalidDataException">It is not UTF-8; the message names the line.</exception>
    public static IEnumerable<string> Lines(string path)
    {
        using StreamReader reader = StrictText.Open(path);
        while (Next(reader, path) is string line)
        {
            if (!string.IsNullOrWhiteSpace(line))
                yield return line.Trim();
        }
    }

    private static IEnumerable<string> Files(string path)
    {
        if (File.Exists(path))
        {
            return Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) ? [path]
                : throw new ArgumentException($"'{path}' ends neither in .txt nor in .tsv or .csv. Give a .txt file with a text on each line, or a file with the names of its columns in the first line.");
        }
        if (!Directory.Exists(path))
            throw new FileNotFoundException($"The data '{path}' is not there: neither a folder nor a file has this name.");
        string[] found = [.. ClassFolder.Files(path, Extensions)];
        return found.Length > 0 ? found : throw new ArgumentException($"The folder '{path}' holds no text: no file in it ends in .txt, .tsv or .csv.");
    }

    private static IEnumerable<string> OfFile(string path, string textColumn) => DelimitedTable.Is(path) ? Column(path, textColumn) : Lines(path);

    private static IEnumerable<string> Column(string path, string textColumn)
    {
        using var table = new DelimitedTable(path, "a .txt file with a text on each line");
        int text = table.Find(textColumn, "--text-column");
        while (table.Read() is string[] fields)
        {
            if (!string.IsNullOrWhiteSpace(fields[text]))
                yield return fields[text].Trim();
        }
    }

    private static string? Next(StreamReader reader, string path)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException($"'{path}': {StrictText.NotText(path)}");
        }
    }
}
