using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Distillation;

/// <summary>
/// The next rows of a cursor that somebody else moves on, as a view of their own: what a model is given batch by batch without reading its input from the start each time. Each view can be
/// read once, and only the columns that the cursor has active.
/// </summary>
/// <param name="source">The cursor.</param>
/// <param name="accept">Which of the cursor's rows belong to the view; called once for each row that is passed.</param>
/// <param name="count">Rows of the view at most.</param>
internal sealed class BatchView(DataViewRowCursor source, Func<bool> accept, int count) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema => source.Schema;

    /// <summary>Whether the cursor came to its end while this view was read.</summary>
    public bool IsLast { get; private set; }

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this, [.. columnsNeeded.Select(c => c.Index)]);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded)];

    private bool Next()
    {
        while (source.MoveNext())
        {
            if (accept())
                return true;
        }
        IsLast = true;
        return false;
    }

    private sealed class Cursor(BatchView view, HashSet<int> active) : DataViewRowCursor
    {
        private long _position = -1;
        private bool _ended;

        public override long Position => _ended ? -1 : _position;

        public override long Batch => 0;

        public override DataViewSchema Schema => view.Schema;

        public override bool MoveNext()
        {
            if (_ended || _position + 1 >= view.Count || !view.Next())
            {
                _ended = true;
                return false;
            }
            _position++;
            return true;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => IsColumnActive(column)
            ? view.Source.GetGetter<TValue>(column) : throw new InvalidOperationException($"Column '{column.Name}' is not active in this cursor.");

        public override ValueGetter<DataViewRowId> GetIdGetter() => view.Source.GetIdGetter();
    }

    private int Count => count;

    private DataViewRowCursor Source => source;
}
