using System.Buffers;
using System.Globalization;
using System.Text;

namespace MLTransfer.Cli.Tables;

/// <summary>
/// Writes .csv (quotes where a field needs them) and .tsv: UTF-8 without a mark, lines end with \n, numbers in the shortest form that reads back the same, nothing where there is no value. A vector
/// is as many columns, "Name.SlotName" or "Name.0" and on.
/// </summary>
internal sealed class DelimitedWriter : ITableWriter
{
    private const int BufferSize = 1 << 17;

    // Of 64-bit numbers in any form: -1.7976931348623157E+308 has 24.
    private const int MaximumNumberLength = 32;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _path;
    private readonly Dialect _dialect;
    private readonly IReadOnlyList<TableColumn> _columns;
    private readonly SearchValues<char> _special;
    private readonly FileStream _file;
    private readonly ArrayBufferWriter<byte> _buffer = new(2 * BufferSize);
    private readonly bool _hasOneField;
    private long _row;

    public DelimitedWriter(string path, Dialect dialect, IReadOnlyList<TableColumn> columns)
    {
        _path = path;
        _dialect = dialect;
        _columns = columns;
        _special = SearchValues.Create(dialect.HasQuotes ? "\",\r\n\0" : "\t\r\n\0");
        string[] header = [.. columns.SelectMany(Names)];
        _hasOneField = header.Length == 1;
        if (header.GroupBy(n => n, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is IGrouping<string, string> twice)
            throw new ArgumentException($"The output would have two columns '{twice.Key}', because a vector is written as a column for each number. Give a column another name, or write Parquet.", nameof(columns));
        for (int i = 0; i < header.Length; i++)
            Field(header[i], header[i], isLast: i == header.Length - 1);
        _file = FileCreation.Write(path);
    }

    public void Write(TableBatch batch)
    {
        for (int row = 0; row < batch.RowCount; row++)
        {
            _row++;
            for (int c = 0; c < _columns.Count; c++)
                Cells(batch, row, c, isLast: c == _columns.Count - 1);
            if (_buffer.WrittenCount >= BufferSize)
                Flush();
        }
    }

    public void Complete()
    {
        Flush();
        _file.Flush(flushToDisk: true);
        _file.Dispose();
    }

    public void Dispose() => _file.Dispose();

    private static IEnumerable<string> Names(TableColumn column) => column.Kind == ColumnKind.Vector
        ? Enumerable.Range(0, column.Width).Select(i => $"{column.Name}.{column.SlotNames?[i] ?? i.ToString(CultureInfo.InvariantCulture)}")
        : [column.Name];

    private void Flush()
    {
        _file.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }

    private void Cells(TableBatch batch, int row, int c, bool isLast)
    {
        TableColumn column = _columns[c];
        switch (column.Kind)
        {
            case ColumnKind.Text:
                Field(batch.Values<string?>(c)[row] ?? "", column.Name, isLast);
                break;
            case ColumnKind.Whole:
                Number(batch.Values<long?>(c)[row], isLast);
                break;
            case ColumnKind.Real:
                Number(batch.Values<double?>(c)[row], isLast);
                break;
            case ColumnKind.Single:
                Number(batch.Values<float?>(c)[row], isLast);
                break;
            case ColumnKind.Flag:
                Field(batch.Values<bool?>(c)[row] switch { true => "true", false => "false", null => "" }, column.Name, isLast);
                break;
            case ColumnKind.Vector:
                float[] values = batch.Values<float>(c);
                for (int i = 0; i < column.Width; i++)
                    Number<float>(values[(row * column.Width) + i], isLast && i == column.Width - 1);
                break;
        }
    }

    private void Number<T>(T? value, bool isLast)
        where T : struct, IUtf8SpanFormattable
    {
        if (value is not T number)
        {
            Field("", "", isLast);
            return;
        }
        if (!number.TryFormat(_buffer.GetSpan(MaximumNumberLength), out int written, default, CultureInfo.InvariantCulture))
            throw new InvalidOperationException($"A number takes more than {MaximumNumberLength} characters.");
        _buffer.Advance(written);
        End(isLast);
    }

    private void Field(string text, string column, bool isLast)
    {
        int special = text.AsSpan().IndexOfAny(_special);
        if (special >= 0 && (!_dialect.HasQuotes || text.Contains('\0')))
            throw CannotHold(text, column);
        // A line without a character would be passed over by readers.
        bool isBlankLine = _hasOneField && text.Length == 0;
        if (isBlankLine && !_dialect.HasQuotes)
            throw new InvalidDataException($"'{_path}', row {_row}: the only column has no value, and TSV has no way to write that. Write CSV or Parquet.");
        bool hasQuotes = special >= 0 || isBlankLine;
        try
        {
            Utf8.GetBytes(hasQuotes ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text, _buffer);
        }
        catch (EncoderFallbackException)
        {
            throw new InvalidDataException($"'{_path}', row {_row}: '{column}' holds half a surrogate pair, which is no character.");
        }
        End(isLast);
    }

    private void End(bool isLast) => _buffer.Write([isLast ? (byte)'\n' : _dialect.Separator]);

    private InvalidDataException CannotHold(string text, string column) => text.Contains('\0')
        ? new($"'{_path}', row {_row}: '{column}' holds the character 0, which no text file holds. Write Parquet.")
        : new($"'{_path}', row {_row}: '{column}' holds a tab or the end of a line, and TSV has no way to write them. Write CSV or Parquet.");
}
