using System.Text;

namespace MLTransfer.Cli.Data;

/// <summary>Labelled texts in a file: .tsv (tabs, no quotes) or .csv (commas, quotes as in RFC 4180), UTF-8, the names of the columns in the first line.</summary>
internal static class LabelledFile
{
    /// <exception cref="ArgumentException">The file is of no known kind, or a column is missing.</exception>
    /// <exception cref="InvalidDataException">A line has another number of fields than the header, its quotes are wrong, or it is not UTF-8.</exception>
    public static LabelledData Read(string path, string textColumn, string labelColumn, CancellationToken cancel)
    {
        bool hasQuotes = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".tsv" => false,
            ".csv" => true,
            _ => throw new ArgumentException($"'{path}' ends neither in .tsv nor in .csv. Give such a file, with the names of its columns in the first line, or a folder with a subfolder for each class."),
        };
        try
        {
            using StreamReader reader = StrictText.Open(path);
            return Read(path, new DelimitedReader(reader, hasQuotes ? ',' : '\t', hasQuotes), textColumn, labelColumn, cancel);
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException($"'{path}': {StrictText.NotText(path)}");
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"'{path}', {e.Message}");
        }
    }

    private static LabelledData Read(string path, DelimitedReader reader, string textColumn, string labelColumn, CancellationToken cancel)
    {
        string[] header = reader.Read() ?? throw new InvalidDataException($"'{path}' is empty. Its first line must name the columns.");
        int text = Find(path, header, textColumn, "--text-column");
        int label = Find(path, header, labelColumn, "--label-column");
        if (text == label)
            throw new ArgumentException($"--text-column and --label-column both name the column '{header[text]}' of '{path}'.");
        var rows = new List<LabelledRow>();
        var problems = new List<string>();
        while (reader.Read() is string[] fields)
        {
            cancel.ThrowIfCancellationRequested();
            if (fields.Length != header.Length)
                throw new InvalidDataException($"'{path}', line {reader.RecordLine}: {fields.Length} fields, but the header has {header.Length} ({Names(header)}).");
            int empty = string.IsNullOrWhiteSpace(fields[text]) ? text : string.IsNullOrWhiteSpace(fields[label]) ? label : -1;
            if (empty >= 0)
                problems.Add($"line {reader.RecordLine}: '{header[empty]}' is empty.");
            else
                rows.Add(new LabelledRow { Input = fields[text], Label = fields[label] });
        }
        return new LabelledData(path, BackboneModality.Text, rows, problems);
    }

    /// <summary>The column of that name; where several differ in upper and lower case only, the one that is written so.</summary>
    private static int Find(string path, string[] header, string name, string option)
    {
        int[] found = [.. Enumerable.Range(0, header.Length).Where(i => string.Equals(header[i].Trim(), name, StringComparison.OrdinalIgnoreCase))];
        int[] exact = [.. found.Where(i => header[i].Trim() == name)];
        return (found, exact) switch
        {
            ([int only], _) => only,
            (_, [int only]) => only,
            ([], _) => throw new ArgumentException($"'{path}' has no column '{name}'; its header names {Names(header)}. Choose one with {option}."),
            _ => throw new ArgumentException($"'{path}' has several columns '{name}'; its header names {Names(header)}. Rename all but one."),
        };
    }

    private static string Names(string[] header) => string.Join(", ", header.Select(h => $"'{h}'"));
}
