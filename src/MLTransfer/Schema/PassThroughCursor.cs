using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Schema;

/// <summary>The input's cursor under the extended schema. The model plays no part.</summary>
internal sealed class PassThroughCursor(DataViewRowCursor input, DataViewSchema schema, ColumnMap map) : DataViewRowCursor
{
    private bool _disposed;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override DataViewSchema Schema => schema;

    public override bool IsColumnActive(DataViewSchema.Column column) => map.IsActive(column.Index);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
        map.IsActive(column.Index) ? input.GetGetter<TValue>(input.Schema[column.Index]) : throw ColumnMap.Inactive(column);

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override bool MoveNext() => input.MoveNext();

    protected override void Dispose(bool disposing)
    {
        if (!_disposed && disposing)
        {
            _disposed = true;
            input.Dispose();
        }
        base.Dispose(disposing);
    }
}
