namespace MLTransfer.Cli.Tables;

/// <summary>Reads the parts of an input one after the other, and none that is passed over.</summary>
internal sealed class TableInputReader : ITableReader
{
    private readonly InputPart[] _parts;
    private readonly TableSchema _schema;
    private readonly int[] _columns;
    private readonly InputScan _scan;

    private FileRows? _rows; // of the part, once it is opened
    private int _part;
    private long _row; // within the part
    private bool _isDisposed;

    public TableInputReader(InputPart[] parts, TableSchema schema, int[] columns, InputScan scan)
    {
        _parts = parts;
        _schema = schema;
        _columns = columns;
        _scan = scan;
        Columns = [.. columns.Select(c => schema.Columns[c])];
    }

    public IReadOnlyList<TableColumn> Columns { get; }

    public TableBatch? Read(int maximumRowCount)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumRowCount, 1);
        var batch = new BatchBuilder(Columns, maximumRowCount);
        while (batch.Room > 0 && _part < _parts.Length)
        {
            int count = Rows().Read(batch);
            Advance(count, isEnd: count == 0);
        }
        return batch.Build();
    }

    public void Skip(long rowCount)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        while (rowCount > 0 && _part < _parts.Length)
        {
            long left = _scan.Files[_part].RowCount - _row;
            if (rowCount >= left)
            {
                rowCount -= left;
                NextPart();
                continue;
            }
            long count = Rows().Skip(rowCount);
            Advance(count, isEnd: count == 0);
            rowCount -= count;
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        _rows?.Dispose();
        _rows = null;
    }

    private FileRows Rows()
    {
        if (_rows is null)
        {
            _parts[_part].RefuseChanged(_scan.Files[_part]);
            _rows = _parts[_part].Open(_schema, _columns);
        }
        return _rows;
    }

    private void Advance(long rowCount, bool isEnd)
    {
        _row += rowCount;
        long expected = _scan.Files[_part].RowCount;
        if (isEnd ? _row != expected : _row > expected)
        {
            throw new InvalidDataException(
                $"'{_parts[_part].Path}' has {(isEnd ? $"{_row}" : $"more than {expected}")} rows now and had {expected} when they were counted: it was changed. Start anew, in another folder.");
        }
        if (isEnd)
            NextPart();
    }

    private void NextPart()
    {
        _rows?.Dispose();
        _rows = null;
        _row = 0;
        _part++;
    }
}
