using Microsoft.ML;
using Microsoft.ML.Data;

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

    /// <summary>The input schema with the added columns behind it. Built once for each view, because ML.NET compares schemas by reference.</summary>
    public DataViewSchema Extend(DataViewSchema input)
    {
        CheckInput(input);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        foreach (StepColumn column in OutputColumns)
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            if (!column.IsSequence)
                annotations.Add("SlotNames", new VectorDataViewType(TextDataViewType.Instance, column.Dimension), SlotNames(column));
            builder.AddColumn(column.Name, column.Type, annotations.ToAnnotations());
        }
        return builder.ToSchema();
    }

    // Names are made when somebody asks, not for every schema.
    private static ValueGetter<VBuffer<ReadOnlyMemory<char>>> SlotNames(StepColumn column) => (ref VBuffer<ReadOnlyMemory<char>> destination) =>
    {
        VBufferEditor<ReadOnlyMemory<char>> editor = VBufferEditor.Create(ref destination, column.Dimension);
        for (int i = 0; i < column.Dimension; i++)
            editor.Values[i] = $"{column.Name}[{i}]".AsMemory();
        destination = editor.Commit();
    };
}
