using Microsoft.ML;

namespace MLTransfer.Schema;

/// <summary>
/// What the look-ahead view asks of a step: which columns it reads and which it adds. Knows no modality.
/// </summary>
internal abstract class RowStep
{
    /// <summary>Names of the columns it reads.</summary>
    public abstract IReadOnlyList<string> InputColumns { get; }

    /// <summary>The columns it adds, in order.</summary>
    public abstract IReadOnlyList<StepColumn> OutputColumns { get; }

    /// <summary>Whether rows may be left out, so that every cursor has to look at each of them.</summary>
    public virtual bool LeavesRowsOut => false;

    /// <summary>Throws an error that names the column where an input is missing or has the wrong type.</summary>
    public abstract void CheckInput(DataViewSchema schema);

    /// <summary>The getter of an added column's values.</summary>
    /// <param name="column">The column, whose type the caller must ask for.</param>
    /// <param name="index">Its place among the added columns.</param>
    /// <param name="output">Gives an output of the encoder for a slot.</param>
    /// <param name="slot">Gives the current slot, or throws where there is none.</param>
    public ValueGetter<TValue> CreateGetter<TValue>(DataViewSchema.Column column, int index, Func<int, int, Features.FeatureBlock> output, Func<int> slot)
    {
        StepColumn added = OutputColumns[index];
        int source = added.SourceOf(index);
        return added.CreateGetter(s => output(s, source), slot) as ValueGetter<TValue> ?? throw Internal.Throw.GetterType(column, typeof(TValue));
    }

    /// <summary>The input schema with the added columns behind it. Built once for each view, because ML.NET compares schemas by reference.</summary>
    public DataViewSchema Extend(DataViewSchema input)
    {
        CheckInput(input);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        foreach (StepColumn column in OutputColumns)
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            column.Annotate(annotations, input);
            builder.AddColumn(column.Name, column.Type, annotations.ToAnnotations());
        }
        return builder.ToSchema();
    }
}
