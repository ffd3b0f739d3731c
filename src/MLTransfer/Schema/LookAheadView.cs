using Microsoft.ML;
using MLTransfer.Persistence;

namespace MLTransfer.Schema;

/// <summary>
/// A view that reads a window of rows ahead, so that a model sees well-packed batches while its consumer sees single rows. A cursor that asks for none of the added
/// columns passes the input through and never runs the model, unless the step leaves rows out: then all cursors must agree on which.
/// </summary>
internal sealed class LookAheadView : IDataView
{
    private readonly IDataView _input;
    private readonly RowStep _step;
    private readonly Func<WindowEncoder> _createEncoder;
    private readonly bool _startsLarge = JobSettings.Current is not null;

    /// <param name="input">The rows.</param>
    /// <param name="step">What is read and added.</param>
    /// <param name="createEncoder">An encoder for one cursor, or an error where the fitted step may no longer be used.</param>
    public LookAheadView(IDataView input, RowStep step, Func<WindowEncoder> createEncoder)
    {
        _input = input;
        _step = step;
        _createEncoder = createEncoder;
        Schema = step.Extend(input.Schema);
    }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => _input.CanShuffle;

    public long? GetRowCount() => _step.LeavesRowsOut ? null : _input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ColumnMap map = new(_input.Schema, Schema, columnsNeeded);
        if (!map.AnyAdded && !_step.LeavesRowsOut)
            return new PassThroughCursor(_input.GetRowCursor(map.InputColumns(), rand), Schema, map);
        IEnumerable<DataViewSchema.Column> needed = map.InputColumns(_step.InputColumns);
        // The encoder first: where the fitted step may no longer be used, no cursor of the input is left open.
        WindowEncoder encoder = _createEncoder();
        DataViewRowCursor? input = null;
        try
        {
            input = _input.GetRowCursor(needed, rand);
            return new LookAheadCursor(input, Schema, map, encoder, _step, _startsLarge);
        }
        catch
        {
            encoder.Dispose();
            input?.Dispose();
            throw;
        }
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        ColumnMap map = new(_input.Schema, Schema, columnsNeeded);
        // One look-ahead cursor keeps every core busy by itself; several would only compete and pack worse.
        return map.AnyAdded || _step.LeavesRowsOut
            ? [GetRowCursor(columnsNeeded, rand)]
            : [.. _input.GetRowCursorSet(map.InputColumns(), n, rand).Select(c => (DataViewRowCursor)new PassThroughCursor(c, Schema, map))];
    }
}
