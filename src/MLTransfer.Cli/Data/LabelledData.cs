
namespace MLTransfer.Cli.Data;

/// <summary>Labelled texts or pictures.</summary>
/// <param name="Path">Where they lie.</param>
/// <param name="Modality">Texts or pictures.</param>
/// <param name="Rows">Those that can be used, in the order of the file, or of the folder's names.</param>
/// <param name="Problems">Why others were left out, each with its place.</param>
internal sealed record LabelledData(string Path, BackboneModality Modality, IReadOnlyList<LabelledRow> Rows, IReadOnlyList<string> Problems)
{
    /// <summary>The classes and their rows, the classes in ordinal order.</summary>
    public IReadOnlyList<ClassCount> Classes { get; } =
        [.. Rows.GroupBy(r => r.Label, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new ClassCount(g.Key, g.Count()))];

    /// <summary>Reads a folder of classes, or a file with a header.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="textColumn">The column of texts in a file; upper and lower case are the same.</param>
    /// <param name="labelColumn">The column of labels in a file.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="FileNotFoundException">There is neither a folder nor a file.</exception>
    /// <exception cref="ArgumentException">It is of no known kind, a column is missing, or there are fewer than two classes.</exception>
    /// <exception cref="InvalidDataException">A line of the file cannot be read.</exception>
    public static LabelledData Read(string path, string textColumn, string labelColumn, CancellationToken cancel)
    {
        LabelledData data = Directory.Exists(path) ? ClassFolder.Read(path, cancel)
            : File.Exists(path) ? (LabelledTable.Is(path) ? LabelledTable.Read(path, textColumn, labelColumn, cancel) : LabelledFile.Read(path, textColumn, labelColumn, cancel))
            : throw new FileNotFoundException($"The data '{path}' is not there: neither a folder nor a file has this name.");
        return data.Classes.Count switch
        {
            >= 2 => data,
            1 => throw new ArgumentException(
                $"All {data.Rows.Count} rows of '{path}' that can be used have the label '{data.Classes[0].Name}'. Training needs at least two classes.{data.FirstProblem}"),
            _ => throw new ArgumentException($"'{path}' has no row that can be used.{data.FirstProblem}"),
        };
    }

    private string FirstProblem => Problems.Count == 0 ? "" : $" {Problems.Count} were left out, the first because of {Problems[0]}";
}

/// <summary>A class and how many rows have it.</summary>
internal sealed record ClassCount(string Name, int RowCount);
