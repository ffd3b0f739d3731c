using Microsoft.ML;

namespace MLTransfer.Schema;

/// <summary>
/// Which columns of an extended schema are asked for, and where they come from: index i below the input's count is the input's column i, the others are added ones.
/// </summary>
internal sealed class ColumnMap
{
    private readonly DataViewSchema _input;
    private readonly bool[] _active;

    public ColumnMap(DataViewSchema input, DataViewSchema output, IEnumerable<DataViewSchema.Column> columnsNeeded)
    {
        _input = input;
        Output = output;
        _active = new bool[output.Count];
        foreach (DataViewSchema.Column column in columnsNeeded)
        {
            if (column.Index >= output.Count || output[column.Index].Name != column.Name)
                throw new ArgumentException($"Column '{column.Name}' (index {column.Index}) is not of this view.", nameof(columnsNeeded));
            _active[column.Index] = true;
        }
        AnyAdded = _active.AsSpan(input.Count).Contains(true);
    }

    public DataViewSchema Output { get; }

    public bool AnyAdded { get; }

    public int InputCount => _input.Count;

    public bool IsActive(int index) => (uint)index < (uint)_active.Length && _active[index];

    /// <summary>The active pass-through columns, as columns of the input.</summary>
    public IEnumerable<DataViewSchema.Column> PassThrough() => Enumerable.Range(0, _input.Count).Where(i => _active[i]).Select(i => _input[i]);

    /// <summary>The input columns to ask for: the active ones and those that the step reads.</summary>
    public IEnumerable<DataViewSchema.Column> InputColumns(IReadOnlyList<string>? read = null) =>
        read is null ? PassThrough() : PassThrough().Concat(read.Select(name => _input[name])).DistinctBy(c => c.Index);

    public static InvalidOperationException Inactive(DataViewSchema.Column column) => new(
        $"Column '{column.Name}' was not asked for when this cursor or row was made. Name it among the columns needed.");
}
