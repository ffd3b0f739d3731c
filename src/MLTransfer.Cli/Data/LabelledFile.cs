namespace MLTransfer.Cli.Data;

/// <summary>Labelled texts in a <see cref="DelimitedTable"/>. Rows without a text or a label are left out.</summary>
internal static class LabelledFile
{
    /// <exception cref="ArgumentException">The file is of no known kind, or a column is missing.</exception>
    /// <exception cref="InvalidDataException">A line has another number of fields than the header, its quotes are wrong, or it is not UTF-8.</exception>
    public static LabelledData Read(string path, string textColumn, string labelColumn, CancellationToken cancel)
    {
        using var table = new DelimitedTable(path, "JSON lines (.jsonl, .ndjson), Parquet (.parquet), or a folder with a subfolder for each class");
        (int text, int label) = Columns(table, path, textColumn, labelColumn);
        var rows = new List<LabelledRow>();
        var problems = new List<string>();
        while (table.Read() is string[] fields)
        {
            cancel.ThrowIfCancellationRequested();
            int empty = string.IsNullOrWhiteSpace(fields[text]) ? text : string.IsNullOrWhiteSpace(fields[label]) ? label : -1;
            if (empty >= 0)
                problems.Add($"line {table.Line}: '{table.Header[empty]}' is empty.");
            else
                rows.Add(new LabelledRow { Input = fields[text], Label = fields[label] });
        }
        return new LabelledData(path, BackboneModality.Text, rows, problems);
    }

    /// <summary>The columns of texts and labels.</summary>
    /// <exception cref="ArgumentException">One is missing, or both are one.</exception>
    public static (int Text, int Label) Columns(DelimitedTable table, string path, string textColumn, string labelColumn)
    {
        int text = table.Find(textColumn, "--text-column");
        int label = table.Find(labelColumn, "--label-column");
        return text != label ? (text, label) : throw new ArgumentException($"--text-column and --label-column both name the column '{table.Header[text]}' of '{path}'.");
    }
}
