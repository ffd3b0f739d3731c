using System.Globalization;
using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Data;

/// <summary>Labelled texts in JSON lines or Parquet. Rows without a text or a label are left out; a label may be a number or a truth value, too.</summary>
internal static class LabelledTable
{
    private const int BatchRowCount = 1024;

    /// <summary>Whether a path is that of such a file.</summary>
    public static bool Is(string path) => !DelimitedTable.Is(path) && TableFormat.All.Any(f => f.Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase));

    /// <exception cref="ArgumentException">A column is missing, or holds something else.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or a row cannot be read.</exception>
    public static LabelledData Read(string path, string textColumn, string labelColumn, CancellationToken cancel)
    {
        var input = TableInput.Find([path]);
        TableColumn text = input.Columns[input.Find(textColumn, "--text-column")], label = input.Columns[input.Find(labelColumn, "--label-column")];
        if (text == label)
            throw new ArgumentException($"--text-column and --label-column both name the column '{text.Name}' of '{path}'.");
        if (text.Kind != ColumnKind.Text)
            throw new ArgumentException($"The column '{text.Name}' of '{path}' holds {text.Kind.ToString().ToLowerInvariant()}, not texts. Choose another with --text-column.");
        if (label.Kind == ColumnKind.Vector)
            throw new ArgumentException($"The column '{label.Name}' of '{path}' holds vectors, which are no labels. Choose another with --label-column.");
        using ITableReader reader = input.Open([text.Name, label.Name], 0, input.Scan(null, cancel));
        var rows = new List<LabelledRow>();
        var problems = new List<string>();
        long row = 0;
        while (reader.Read(BatchRowCount) is TableBatch batch)
        {
            cancel.ThrowIfCancellationRequested();
            // A file with rows that make no sense is mended before it is learnt from.
            if (batch.Problems.Count > 0)
                throw new InvalidDataException($"'{path}', {batch.Problems.MinBy(p => p.Key).Value.Place}: {batch.Problems.MinBy(p => p.Key).Value.Message}");
            string?[] texts = batch.Values<string?>(0);
            for (int i = 0; i < batch.RowCount; i++)
            {
                row++;
                string? name = Convert.ToString(batch.Values(1).GetValue(i), CultureInfo.InvariantCulture);
                string? empty = string.IsNullOrWhiteSpace(texts[i]) ? text.Name : string.IsNullOrWhiteSpace(name) ? label.Name : null;
                if (empty is null)
                    rows.Add(new LabelledRow { Input = texts[i]!, Label = name! });
                else
                    problems.Add($"row {row}: '{empty}' is empty.");
            }
        }
        return new LabelledData(path, BackboneModality.Text, rows, problems);
    }
}
