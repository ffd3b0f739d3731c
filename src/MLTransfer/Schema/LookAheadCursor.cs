using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Schema;

/// <summary>
/// Reads a window of input rows at once: contents into the encoder, active pass-through columns, ids and batch numbers into slots. The encoder runs when the first added
/// value of the window is asked for. The window grows, so that a preview of five rows costs few runs and a long pass packs well.
/// </summary>
internal sealed class LookAheadCursor : DataViewRowCursor
{
#if DEBUG
    // Tiny, so that ordinary tests cross every boundary of a window.
    private const int FirstWindow = 2;
    private const int LargestWindow = 32;
#else
    private const int FirstWindow = 8;
    private const int LargestWindow = 1024;
#endif
    private const int WindowGrowth = 8;

    private readonly DataViewRowCursor _input;
    private readonly ColumnMap _map;
    private readonly WindowEncoder _encoder;
    private readonly RowStep _step;
    private readonly ColumnSlots?[] _slots;
    private readonly bool _holdsRows;
    private readonly bool _leavesRowsOut;
    private readonly ValueGetter<DataViewRowId> _inputId;
    private readonly DataViewRowId[] _ids = new DataViewRowId[LargestWindow];
    private readonly long[] _batches = new long[LargestWindow];
    private long _position = -1;
    private int _window;
    private int _count;
    private int _current = -1;
    private bool _encoded;
    private bool _ended;
    private bool _disposed;

    public LookAheadCursor(DataViewRowCursor input, DataViewSchema schema, ColumnMap map, WindowEncoder encoder, RowStep step, bool startsLarge)
    {
        _input = input;
        _map = map;
        _encoder = encoder;
        _step = step;
        _leavesRowsOut = step.LeavesRowsOut;
        Schema = schema;
        _slots = new ColumnSlots?[map.InputCount];
        // Values that own something (images) cannot be held: such a cursor reads one row at a time and its pass-through columns come straight from the input.
        _holdsRows = map.PassThrough().All(c => ColumnSlots.CanHold(c.Type));
        if (_holdsRows)
        {
            foreach (DataViewSchema.Column column in map.PassThrough())
                _slots[column.Index] = ColumnSlots.Create(input, column);
        }
        _window = !_holdsRows ? 1 : startsLarge ? LargestWindow : FirstWindow;
        _inputId = input.GetIdGetter();
        encoder.Bind(input);
    }

    public override DataViewSchema Schema { get; }

    public override long Position => _position;

    public override long Batch => _current >= 0 ? _batches[_current] : 0;

    public override bool IsColumnActive(DataViewSchema.Column column) => _map.IsActive(column.Index);

    public override bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_ended)
            return false;
        do
        {
            if (_current + 1 < _count)
            {
                _current++;
                continue;
            }
            // Set before reading: a row that cannot be read ends the cursor, which would otherwise go on behind rows that were never handed out.
            (_ended, _current) = (true, -1);
            if (!ReadWindow())
            {
                _position = -1;
                return false;
            }
            if (_leavesRowsOut)
                EncodeWindow();
            (_ended, _current) = (false, 0);
        }
        while (_leavesRowsOut && _encoder.IsLeftOut(_current));
        _position++;
        return true;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _ids[CheckedRow()];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!_map.IsActive(column.Index))
            throw ColumnMap.Inactive(column);
        if (column.Index >= _map.InputCount)
            return _step.CreateGetter<TValue>(Schema[column.Index], column.Index - _map.InputCount, Encoded, CheckedRow);
        if (!_holdsRows)
        {
            ValueGetter<TValue> direct = _input.GetGetter<TValue>(_input.Schema[column.Index]);
            return (ref TValue value) =>
            {
                CheckedRow();
                direct(ref value);
            };
        }
        if (_slots[column.Index] is not ColumnSlots<TValue> slots)
            throw Internal.Throw.GetterType(column, typeof(TValue));
        return (ref TValue value) => slots.CopyTo(CheckedRow(), ref value);
    }

    protected override void Dispose(bool disposing)
    {
        if (!_disposed && disposing)
        {
            _disposed = true;
            _encoder.Dispose();
            _input.Dispose();
        }
        base.Dispose(disposing);
    }

    private bool ReadWindow()
    {
        if (_count > 0 && _holdsRows)
            _window = Math.Min(_window * WindowGrowth, LargestWindow);
        _encoded = false;
        for (_count = 0; _count < _window && (_count == 0 || _encoder.HasRoom(_count)) && _input.MoveNext(); _count++)
        {
            _encoder.Read(_count);
            foreach (ColumnSlots? slots in _slots)
                slots?.Read(_count);
            _inputId(ref _ids[_count]);
            _batches[_count] = _input.Batch;
        }
        return _count > 0;
    }

    private Features.FeatureBlock Encoded(int slot, int output)
    {
        EncodeWindow();
        return _encoder.Output(slot, output);
    }

    private void EncodeWindow()
    {
        if (_encoded)
            return;
        _encoder.Encode(_count);
        _encoded = true;
    }

    private int CheckedRow()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _current >= 0 ? _current
            : throw new InvalidOperationException("The cursor stands on no row: call MoveNext first, and read values only while it returns true.");
    }
}
