using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Features;

namespace MLTransfer.Schema;

/// <summary>A row with the added columns behind it. Features are computed once for each position of the input row. Disposing it disposes the input row.</summary>
internal sealed class MappedRow : DataViewRow
{
    private readonly DataViewRow _input;
    private readonly ColumnMap _map;
    private readonly RowStep _step;
    private readonly WindowEncoder? _encoder;
    private long _encodedPosition = -1;
    private bool _disposed;

    public MappedRow(DataViewRow input, DataViewSchema schema, ColumnMap map, RowStep step, WindowEncoder? encoder)
    {
        _input = input;
        _map = map;
        _step = step;
        _encoder = encoder;
        Schema = schema;
        encoder?.Bind(input);
    }

    public override DataViewSchema Schema { get; }

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override bool IsColumnActive(DataViewSchema.Column column) => _map.IsActive(column.Index);

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!_map.IsActive(column.Index))
            throw ColumnMap.Inactive(column);
        if (column.Index < _map.InputCount)
            return _input.GetGetter<TValue>(_input.Schema[column.Index]);
        return _step.CreateGetter<TValue>(Schema[column.Index], column.Index - _map.InputCount, (_, output) => Encoded(output), () => 0);
    }

    protected override void Dispose(bool disposing)
    {
        if (!_disposed && disposing)
        {
            _disposed = true;
            _encoder?.Dispose();
            _input.Dispose();
        }
        base.Dispose(disposing);
    }

    private FeatureBlock Encoded(int output)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        // A row without a position has no identity to remember it by.
        if (_encodedPosition != _input.Position || _encodedPosition < 0)
        {
            _encoder!.Read(0);
            _encoder.Encode(1);
            _encodedPosition = _input.Position;
        }
        return _encoder!.Output(0, output);
    }
}
