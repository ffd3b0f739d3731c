using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Cli.Scoring;

/// <summary>Chosen rows in memory as an <see cref="IDataView"/>.</summary>
/// <param name="columns">The columns.</param>
/// <param name="places">The places of the rows in the columns, in order.</param>
internal sealed class TableView(IReadOnlyList<ViewColumn> columns, ReadOnlyMemory<int> places) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema { get; } = SchemaOf(columns);

    public long? GetRowCount() => places.Length;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this, columnsNeeded);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [new Cursor(this, columnsNeeded)];

    private static DataViewSchema SchemaOf(IReadOnlyList<ViewColumn> columns)
    {
        var builder = new DataViewSchema.Builder();
        foreach (ViewColumn column in columns)
            builder.AddColumn(column.Name, column.Type);
        return builder.ToSchema();
    }

    private int Place(long position) => places.Span[(int)position];

    private ViewColumn Column(int index) => columns[index];

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly TableView _view;
        private readonly HashSet<int> _active;
        private long _position = -1;
        private bool _ended;

        public Cursor(TableView view, IEnumerable<DataViewSchema.Column> columnsNeeded)
        {
            _view = view;
            _active = [.. columnsNeeded.Select(c => c.Index)];
        }

        public override DataViewSchema Schema => _view.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override bool MoveNext()
        {
            // Asked again behind the end, a cursor must not begin anew.
            _ended |= _position + 1 >= _view.GetRowCount();
            _position = _ended ? -1 : _position + 1;
            return !_ended;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => (ValueGetter<TValue>)_view.Column(column.Index).CreateGetter(() => _view.Place(_position));
    }
}
