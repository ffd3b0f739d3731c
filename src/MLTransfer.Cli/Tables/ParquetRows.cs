using Apache.Arrow;
using Apache.Arrow.Ipc;

namespace MLTransfer.Cli.Tables;

/// <summary>Rows of a Parquet file. Row groups that are passed over are not read.</summary>
internal sealed class ParquetRows : FileRows
{
    private readonly ParquetFile _file;
    private readonly string _path;
    private readonly TableColumn[] _columns;

    private int _group;
    private long _rowInGroup;
    private long _rowsBeforeGroup;
    private IArrowArrayStream? _stream; // of the group, once it is read
    private RecordBatch? _batch;
    private int _rowInBatch;
    private int[] _fields = []; // places of the columns in a batch

    /// <param name="file">The file; disposed with this.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="columns">The columns to read.</param>
    /// <exception cref="InvalidDataException">One is not there, or of another type.</exception>
    public ParquetRows(ParquetFile file, string path, TableColumn[] columns)
    {
        _file = file;
        _path = path;
        _columns = columns;
        foreach (TableColumn column in columns)
        {
            TableColumn? found = file.Fields.Where(f => f.Name == column.Name).Select(ArrowColumns.Of).FirstOrDefault();
            if (found is null || found.Kind != column.Kind || (found.Width != 0 && found.Width != column.Width))
                throw new InvalidDataException($"'{path}' has other columns now than before: '{column.Name}'. It was changed. Start anew, in another folder.");
        }
    }

    public override long Skip(long rowCount)
    {
        long left = rowCount;
        while (left > 0 && _group < _file.RowCounts.Count)
        {
            long inGroup = _file.RowCounts[_group] - _rowInGroup;
            if (left >= inGroup)
            {
                left -= inGroup;
                NextGroup();
            }
            else if (HasBatch())
            {
                int count = (int)Math.Min(left, _batch!.Length - _rowInBatch);
                Advance(count);
                left -= count;
            }
        }
        return rowCount - left;
    }

    public override int Read(BatchBuilder batch)
    {
        int total = 0;
        while (batch.Room > 0 && HasBatch())
        {
            int count = Math.Min(batch.Room, _batch!.Length - _rowInBatch);
            Copy(batch, count);
            Advance(count);
            total += count;
        }
        return total;
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        Close();
        _file.Dispose();
    }

    /// <summary>Has rows ready, of the next group where this one is at its end.</summary>
    private bool HasBatch()
    {
        while (_group < _file.RowCounts.Count)
        {
            if (_batch is not null && _rowInBatch < _batch.Length)
                return true;
            _batch?.Dispose();
            _rowInBatch = 0;
            _stream ??= _file.Read(_group, _columns.Select(c => c.Name));
            _batch = _file.Next(_stream);
            if (_batch is not null)
                _fields = [.. _columns.Select(c => _batch.Schema.GetFieldIndex(c.Name, StringComparer.Ordinal))];
            else if (_rowInGroup != _file.RowCounts[_group])
                throw new InvalidDataException($"'{_path}' is no whole Parquet file: row group {_group} has {_rowInGroup} rows and should have {_file.RowCounts[_group]}.");
            else
                NextGroup();
        }
        return false;
    }

    private void Copy(BatchBuilder batch, int count)
    {
        var problems = new List<(int Row, string Message)>();
        for (int c = 0; c < _columns.Length; c++)
            ArrowCells.Copy(_batch!.Column(_fields[c]), _rowInBatch, count, _columns[c], batch.Values(c), batch.RowCount, (row, message) => problems.Add((row, message)));
        int first = batch.RowCount;
        batch.Add(count);
        foreach ((int row, string message) in problems)
            batch.Spoil(row, new RowProblem(_path, $"row {_rowsBeforeGroup + _rowInGroup + row - first + 1}", message));
    }

    private void Advance(int rowCount)
    {
        _rowInBatch += rowCount;
        _rowInGroup += rowCount;
    }

    private void NextGroup()
    {
        Close();
        _rowsBeforeGroup += _file.RowCounts[_group];
        _rowInGroup = 0;
        _group++;
    }

    private void Close()
    {
        _batch?.Dispose();
        _batch = null;
        _stream?.Dispose();
        _stream = null;
        _rowInBatch = 0;
    }
}
