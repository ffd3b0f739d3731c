using System.Collections;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Evaluation;

/// <summary>Some rows of a view, by their places, in the view's order.</summary>
internal sealed class RowSubsetView : IDataView
{
    private readonly IDataView _input;
    private readonly BitArray _chosen;
    private readonly int _count;

    public RowSubsetView(IDataView input, int inputRowCount, IReadOnlyCollection<int> places)
    {
        _input = input;
        _chosen = new BitArray(inputRowCount);
        foreach (int place in places)
            _chosen[place] = true;
        _count = places.Count;
    }

    // Places count in the input's own order.
    public bool CanShuffle => false;

    public DataViewSchema Schema => _input.Schema;

    public long? GetRowCount() => _count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(_input.GetRowCursor(columnsNeeded), _chosen);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded)];

    private sealed class Cursor(DataViewRowCursor input, BitArray chosen) : DataViewRowCursor
    {
        private long _position = -1;

        public override long Position => _position;

        public override long Batch => input.Batch;

        public override DataViewSchema Schema => input.Schema;

        public override bool MoveNext()
        {
            while (input.MoveNext())
            {
                if (input.Position < chosen.Length && chosen[(int)input.Position])
                {
                    _position++;
                    return true;
                }
            }
            _position = -1;
            return false;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => input.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => input.GetGetter<TValue>(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                input.Dispose();
            base.Dispose(disposing);
        }
    }
}
