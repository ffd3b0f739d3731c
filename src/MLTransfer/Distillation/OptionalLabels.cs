using Microsoft.ML;
using MLTransfer.Heads;

namespace MLTransfer.Distillation;

/// <summary>A label column of which rows may be missing: all rows are kept, and it is noted which have a label and where in the data each lies.</summary>
internal sealed class OptionalLabels(LabelColumn labels) : LabelColumn
{
    /// <summary>For each row kept, whether it has a label.</summary>
    public List<bool> HasLabel { get; } = [];

    /// <summary>For each row kept, its place in the data, from 0.</summary>
    public List<int> Places { get; } = [];

    public override void Bind(DataViewRow cursor) => labels.Bind(cursor);

    public override bool Read(long row)
    {
        HasLabel.Add(labels.Read(row));
        Places.Add(checked((int)row - 1));
        return true;
    }
}
