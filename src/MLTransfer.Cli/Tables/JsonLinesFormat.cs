using System.Text.Json;

namespace MLTransfer.Cli.Tables;

/// <summary>
/// Files with a JSON object on each line. The columns are the names in the first lines of all files, in the order of first sight; what a column holds is what its first value is, and numbers are whole
/// only if all are. Objects and other arrays within a row are text: their JSON. Names that come later only are not read.
/// </summary>
internal sealed class JsonLinesFormat : TableFormat
{
    /// <summary>Lines of each file from which the columns are told.</summary>
    public const int SampledLineCount = 1000;

    public override string Name => "JSON lines";

    public override IReadOnlyList<string> Extensions { get; } = [".jsonl", ".ndjson"];

    public override TableSchema Infer(string path) => Join([path]);

    public override TableSchema Join(IReadOnlyList<string> paths)
    {
        var columns = new List<TableColumn>();
        var hasKind = new List<bool>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        string firstProblem = "";
        foreach (string path in paths)
        {
            using var reader = new LineReader(FileOpening.Read(path), path);
            for (int line = 0; line < SampledLineCount && reader.Read(); line++)
            {
                using JsonDocument? document = JsonLine.Parse(reader, out string problem);
                if (document is null)
                {
                    firstProblem = firstProblem.Length > 0 ? firstProblem : $" In line {reader.Number} of '{path}' {problem}";
                    continue;
                }
                foreach (JsonProperty property in document.RootElement.EnumerateObject())
                    See(property, columns, hasKind, places, path);
            }
        }
        return columns.Count > 0 ? new TableSchema(columns, [.. columns.Select(TableSchema.Look)])
            : throw new InvalidDataException($"'{paths[0]}' has no JSON object with a value in its first {SampledLineCount} lines, so its columns are not known.{firstProblem}");
    }

    public override long CountRows(Stream stream, string path)
    {
        // Not disposed, because the stream is the caller's.
        var reader = new LineReader(stream, path);
        long count = 0;
        while (reader.Read())
            count++;
        return count;
    }

    public override FileRows Open(string path, TableSchema schema, IReadOnlyList<int> columns) =>
        new JsonRows(new LineReader(FileOpening.Read(path), path), path, [.. columns.Select(c => schema.Columns[c])]);

    private static void See(JsonProperty property, List<TableColumn> columns, List<bool> hasKind, Dictionary<string, int> places, string path)
    {
        if (!places.TryGetValue(property.Name, out int place))
        {
            if (places.Count == DelimitedReader.MaximumFieldCount)
                throw new InvalidDataException($"'{path}' has more than {DelimitedReader.MaximumFieldCount} names of columns. Is it a table?");
            places.Add(property.Name, place = columns.Count);
            columns.Add(new TableColumn(property.Name, ColumnKind.Text));
            hasKind.Add(false);
        }
        if (JsonCells.KindOf(property.Value) is not (ColumnKind kind, int width))
            return;
        if (!hasKind[place] || (columns[place].Kind == ColumnKind.Whole && kind == ColumnKind.Real))
            columns[place] = new TableColumn(property.Name, kind, width);
        hasKind[place] = true;
    }
}
