using System.Globalization;

namespace MLTransfer.Cli.Tables;

/// <summary>Files of separated fields. All columns are texts: a number in a text column would else lose its zeros.</summary>
/// <param name="dialect">How fields are separated.</param>
internal sealed class DelimitedFormat(Dialect dialect) : TableFormat
{
    // Enough to say what a column looks like to a person; nothing rests on it.
    private const int SampledRowCount = 100;

    public override string Name => dialect.HasQuotes ? "CSV" : "TSV";

    public override IReadOnlyList<string> Extensions { get; } = [dialect.HasQuotes ? ".csv" : ".tsv"];

    public override TableSchema Infer(string path)
    {
        using DelimitedReader reader = Open(path, out string[] header);
        var samples = new List<string[]>();
        // What is wrong further down is told when the rows are counted.
        while (samples.Count < SampledRowCount && reader.Read())
        {
            if (reader.Problem(header) is null)
                samples.Add(reader.Texts());
        }
        return new TableSchema([.. header.Select(n => new TableColumn(n, ColumnKind.Text))], [.. header.Select((_, i) => Look(samples, i))]);
    }

    public override long CountRows(Stream stream, string path)
    {
        // Not disposed, because the stream is the caller's.
        var reader = new DelimitedReader(stream, path, dialect);
        DelimitedHeader.ReadUnique(reader, path);
        long count = 0;
        while (reader.Read())
            count++;
        return count;
    }

    public override FileRows Open(string path, TableSchema schema, IReadOnlyList<int> columns)
    {
        DelimitedReader reader = Open(path, out string[] header);
        if (header.SequenceEqual(schema.Names, StringComparer.Ordinal))
            return new DelimitedRows(reader, path, header, columns);
        reader.Dispose();
        throw new InvalidDataException($"'{path}' has the columns {ColumnNames.List(header)} now and had {ColumnNames.List(schema.Names)} before: it was changed. Start anew.");
    }

    private DelimitedReader Open(string path, out string[] header)
    {
        var reader = new DelimitedReader(FileOpening.Read(path), path, dialect);
        try
        {
            header = DelimitedHeader.ReadUnique(reader, path);
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    private static string Look(List<string[]> samples, int column)
    {
        string[] values = [.. samples.Select(s => s[column]).Where(v => v.Length > 0)];
        return values.Length == 0 ? "text"
            : values.All(v => long.TryParse(v, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)) ? "text (whole numbers)"
            : values.All(v => double.TryParse(v, NumberStyles.Float, CultureInfo.InvariantCulture, out _)) ? "text (numbers)"
            : values.All(v => bool.TryParse(v, out _)) ? "text (true or false)"
            : "text";
    }
}
