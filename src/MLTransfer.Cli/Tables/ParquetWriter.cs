using System.Text.Json;
using Apache.Arrow;
using ParquetSharp;
using ParquetSharp.Arrow;

namespace MLTransfer.Cli.Tables;

/// <summary>
/// Writes Parquet: a vector is a list of fixed size, as Arrow's readers know it, with the names of its numbers in its field's metadata. A row group ends with the row that brings its values to
/// <see cref="RowGroupByteCount"/> or their number to 32,768, so that the bytes depend on the rows alone.
/// </summary>
internal sealed class ParquetWriter : ITableWriter
{
    /// <summary>Bytes of values in a row group before they are encoded. What they are encoded to is in memory until the group ends.</summary>
    public const int RowGroupByteCount = 16 << 20;

    // Of narrow rows, 16 MB are so many that their encoded pages, which the library keeps in buffers twice their size, would be most of what a job takes.
    private const int RowGroupRowCount = 1 << 15;

    // Of a page's values the library keeps much more than their bytes (levels, buffers that doubled) until the page is full.
    private const int PageByteCount = 1 << 18;

    // Texts that are all different, such as ids, are soon known for it: their dictionary would be as large as the column.
    private const int DictionaryByteCount = 1 << 16;

    // Rows that are handed over together: always as many, whatever batches they came in, because pages end where rows are handed over.
    private const int RowsHandedOver = 1024;

    private readonly string _path;
    private readonly IReadOnlyList<TableColumn> _columns;
    private readonly int _rowGroupByteCount;
    private readonly Apache.Arrow.Schema _schema;
    private readonly ParquetColumn[] _values;
    private readonly OutputStream _file;
    private readonly FileWriter _writer;
    private long _byteCount;
    private long _row;
    private int _waiting;
    private int _groupRowCount;
    private bool _isGroupOpen;

    /// <param name="path">The file.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="rowGroupByteCount">Bytes of values in a row group.</param>
    public ParquetWriter(string path, IReadOnlyList<TableColumn> columns, int rowGroupByteCount = RowGroupByteCount)
    {
        _path = path;
        _columns = columns;
        _rowGroupByteCount = rowGroupByteCount;
        _schema = new Apache.Arrow.Schema(columns.Select(FieldOf), null);
        _values = [.. columns.Select(ParquetColumn.Of)];
        _file = new OutputStream(FileCreation.Write(path));
        try
        {
            using WriterProperties properties = Properties(columns);
            using var builder = new ArrowWriterPropertiesBuilder();
            using ArrowWriterProperties arrow = builder.StoreSchema().UseThreads(false).Build();
            _writer = _file.Guard(() => new FileWriter(_file, _schema, properties, arrow, leaveOpen: true));
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public void Write(TableBatch batch)
    {
        for (int row = 0; row < batch.RowCount; row++)
        {
            _row++;
            for (int c = 0; c < _values.Length; c++)
                _byteCount += Append(batch, c, row);
            _waiting++;
            bool isGroupFull = ++_groupRowCount == RowGroupRowCount || _byteCount >= _rowGroupByteCount;
            if (isGroupFull || _waiting == RowsHandedOver)
                HandOver();
            if (isGroupFull)
                (_byteCount, _groupRowCount, _isGroupOpen) = (0, 0, false);
        }
    }

    public void Complete()
    {
        HandOver();
        _file.Guard(() =>
        {
            _writer.Close();
            return true;
        });
        _file.Complete();
    }

    public void Dispose()
    {
        // The library ends a file that was not closed as if it were whole.
        _file.Abandon();
        _writer.Dispose();
        _file.Dispose();
    }

    private static WriterProperties Properties(IReadOnlyList<TableColumn> columns)
    {
        using var builder = new WriterPropertiesBuilder();
        builder.Compression(Compression.Snappy).EnablePageChecksum().DataPagesize(PageByteCount).DictionaryPagesizeLimit(DictionaryByteCount);
        // Texts may be few that come again and again. Measured numbers do not, and a dictionary of them is made for nothing.
        builder.DisableDictionary();
        foreach (TableColumn column in columns.Where(c => c.Kind == ColumnKind.Text))
            builder.EnableDictionary(new ParquetSharp.Schema.ColumnPath([column.Name]));
        return builder.Build();
    }

    private static Field FieldOf(TableColumn column)
    {
        IReadOnlyDictionary<string, string>? metadata = column.SlotNames is null ? null
            : new Dictionary<string, string> { [ArrowColumns.SlotNames] = JsonSerializer.Serialize(column.SlotNames) };
        return new Field(column.Name, ParquetColumn.TypeOf(column), nullable: column.Kind != ColumnKind.Vector, metadata);
    }

    private long Append(TableBatch batch, int column, int row)
    {
        try
        {
            return _values[column].Append(batch.Values(column), row);
        }
        catch (System.Text.EncoderFallbackException)
        {
            throw new InvalidDataException($"'{_path}', row {_row}: '{_columns[column].Name}' holds half a surrogate pair, which is no character.");
        }
    }

    private void HandOver()
    {
        if (_waiting == 0)
            return;
        IArrowArray[] arrays = [.. _values.Select(v => v.Take())];
        using var batch = new RecordBatch(_schema, arrays, _waiting);
        _waiting = 0;
        _file.Guard(() =>
        {
            if (!_isGroupOpen)
                _writer.NewBufferedRowGroup();
            _writer.WriteBufferedRecordBatch(batch);
            return true;
        });
        _isGroupOpen = true;
    }
}
