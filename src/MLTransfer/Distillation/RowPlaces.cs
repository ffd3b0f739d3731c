using Microsoft.ML;
using MLTransfer.Heads;

namespace MLTransfer.Distillation;

/// <summary>No label at all: every row is kept, and its place in the data.</summary>
internal sealed class RowPlaces : LabelColumn
{
    public List<int> Places { get; } = [];

    public override bool NeedsColumn => false;

    public override void Bind(DataViewRow cursor)
    {
    }

    public override bool Read(long row)
    {
        Places.Add(checked((int)row - 1));
        return true;
    }
}
