using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Scoring;

/// <summary>Writes a segment: its rows, its failures, and last its description, which makes it count. Disposing drops what was not committed.</summary>
internal sealed class SegmentWriter : IDisposable
{
    private readonly PartState _state;
    private readonly long _firstRow;
    private readonly string _rowsPath;
    private readonly string _errorsPath;
    private readonly string _descriptionPath;
    private readonly string _temporary;
    private readonly ITableWriter _rows;
    private readonly List<RowFailure> _failures = [];
    private bool _isCommitted;

    internal SegmentWriter(PartState state, long firstRow, string rowsPath, string errorsPath, string descriptionPath, string extension, IReadOnlyList<TableColumn> columns)
    {
        (_state, _firstRow, _rowsPath, _errorsPath, _descriptionPath) = (state, firstRow, rowsPath, errorsPath, descriptionPath);
        _temporary = DurableFile.TemporaryPath(rowsPath);
        _rows = TableOutput.Create(_temporary, extension, columns);
    }

    /// <summary>Rows of the input so far.</summary>
    public long RowCount { get; private set; }

    public void Write(ScoredBlock block)
    {
        if (block.Rows.RowCount > 0)
            _rows.Write(block.Rows);
        _failures.AddRange(block.Failures);
        RowCount += block.RowCount;
    }

    public void Commit()
    {
        _rows.Complete();
        _rows.Dispose();
        long byteCount = new FileInfo(_temporary).Length;
        if (_failures.Count > 0)
            ErrorLines.Write(_errorsPath, _failures);
        File.Move(_temporary, _rowsPath, overwrite: true);
        var segment = new PartSegment(_firstRow, RowCount, _failures.Count, byteCount);
        JsonFile.Write(_descriptionPath, segment);
        _state.Add(segment);
        _isCommitted = true;
    }

    public void Dispose()
    {
        if (_isCommitted)
            return;
        _rows.Dispose();
        File.Delete(_temporary);
    }
}
