using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Schema;

/// <summary>One row at a time, for prediction engines: the same encoder as the cursor's, with a window of one.</summary>
internal sealed class StepRowMapper : IRowToRowMapper
{
    private readonly RowStep _step;
    private readonly Func<WindowEncoder> _createEncoder;

    public StepRowMapper(DataViewSchema inputSchema, RowStep step, Func<WindowEncoder> createEncoder)
    {
        InputSchema = inputSchema;
        _step = step;
        _createEncoder = createEncoder;
        OutputSchema = step.Extend(inputSchema);
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        ColumnMap map = new(InputSchema, OutputSchema, dependingColumns);
        return map.InputColumns(map.AnyAdded ? _step.InputColumns : null);
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (!ReferenceEquals(input.Schema, InputSchema))
            throw new ArgumentException("The row's schema is not the one this mapper was made for.", nameof(input));
        ColumnMap map = new(InputSchema, OutputSchema, activeColumns);
        return new MappedRow(input, OutputSchema, map, _step, map.AnyAdded ? _createEncoder() : null);
    }
}
