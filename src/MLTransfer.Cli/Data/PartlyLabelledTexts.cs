namespace MLTransfer.Cli.Data;

/// <summary>Texts of which some have a label.</summary>
/// <param name="Labelled">Those with a label, in the order of the files.</param>
/// <param name="Unlabelled">Those without, each once, and none that has a label elsewhere.</param>
/// <param name="DuplicateCount">Texts without a label that were left out because they are there already.</param>
/// <param name="Problems">Why rows were left out, each with its place.</param>
internal sealed record PartlyLabelledTexts(IReadOnlyList<LabelledRow> Labelled, IReadOnlyList<string> Unlabelled, int DuplicateCount, IReadOnlyList<string> Problems)
{
    /// <summary>The classes of the labels and their rows, in ordinal order.</summary>
    public IReadOnlyList<ClassCount> Classes { get; } =
        [.. Labelled.GroupBy(r => r.Label, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new ClassCount(g.Key, g.Count()))];

    /// <summary>Reads .tsv and .csv files, in which a row whose label is empty has none, and .txt files, a text without a label on each line.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="textColumn">The column of texts; upper and lower case are the same.</param>
    /// <param name="labelColumn">The column of labels.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">A file is of no known kind or lacks a column, or there is no text at all.</exception>
    /// <exception cref="InvalidDataException">A line cannot be read.</exception>
    public static PartlyLabelledTexts Read(IReadOnlyList<string> paths, string textColumn, string labelColumn, CancellationToken cancel)
    {
        var labelled = new List<LabelledRow>();
        var others = new List<string>();
        var problems = new List<string>();
        foreach (string path in paths)
        {
            if (Directory.Exists(path))
                throw new ArgumentException($"'{path}' is a folder. With --teacher-model give files: .tsv or .csv with a column of labels, .txt with a text without a label on each line.");
            if (!File.Exists(path))
                throw new FileNotFoundException($"The data '{path}' is not there.");
            if (string.Equals(Path.GetExtension(path), ".txt", StringComparison.OrdinalIgnoreCase))
                others.AddRange(TextSet.Lines(path));
            else
                ReadTable(path, textColumn, labelColumn, labelled, others, problems, cancel);
        }
        var seen = new HashSet<string>(labelled.Select(r => r.Input), StringComparer.Ordinal);
        string[] unlabelled = [.. others.Where(seen.Add)];
        return labelled.Count + unlabelled.Length > 0
            ? new PartlyLabelledTexts(labelled, unlabelled, others.Count - unlabelled.Length, problems)
            : throw new ArgumentException($"There is no text in {string.Join(", ", paths.Select(p => $"'{p}'"))}.");
    }

    private static void ReadTable(string path, string textColumn, string labelColumn, List<LabelledRow> labelled, List<string> others, List<string> problems, CancellationToken cancel)
    {
        using var table = new DelimitedTable(path, "a .txt file with a text without a label on each line");
        (int text, int label) = LabelledFile.Columns(table, path, textColumn, labelColumn);
        while (table.Read() is string[] fields)
        {
            cancel.ThrowIfCancellationRequested();
            if (string.IsNullOrWhiteSpace(fields[text]))
                problems.Add($"'{path}', line {table.Line}: '{table.Header[text]}' is empty.");
            else if (string.IsNullOrWhiteSpace(fields[label]))
                others.Add(fields[text]);
            else
                labelled.Add(new LabelledRow { Input = fields[text], Label = fields[label] });
        }
    }
}
