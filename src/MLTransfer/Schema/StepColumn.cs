using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Features;

namespace MLTransfer.Schema;

/// <summary>A column that a step adds, and how its values come from what the encoder makes of a row.</summary>
/// <param name="Name">The column's name.</param>
internal abstract record StepColumn(string Name)
{
    public abstract DataViewType Type { get; }

    /// <summary>Which output of the encoder the values come from.</summary>
    /// <param name="index">The column's place among those that the step adds.</param>
    public virtual int SourceOf(int index) => index;

    /// <summary>Adds what is known of the column.</summary>
    /// <param name="annotations">Receives it.</param>
    /// <param name="input">The schema that the column is added to.</param>
    public abstract void Annotate(DataViewSchema.Annotations.Builder annotations, DataViewSchema input);

    /// <summary>A <see cref="ValueGetter{TValue}"/> of the column's type. Belongs to one cursor or row.</summary>
    /// <param name="output">Gives the encoder's output for a slot.</param>
    /// <param name="slot">Gives the current slot, or throws where there is none.</param>
    public abstract Delegate CreateGetter(Func<int, FeatureBlock> output, Func<int> slot);
}
