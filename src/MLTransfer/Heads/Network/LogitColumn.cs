using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Features;
using MLTransfer.Schema;

namespace MLTransfer.Heads.Network;

/// <summary>Makes a value of a column from the logits of a row. Keeps nothing of either.</summary>
internal delegate void LogitReader<TValue>(ReadOnlySpan<float> logits, ref TValue value);

/// <summary>A column whose values follow from the logits, the encoder's first output.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="ColumnType">Its type, whose values are <typeparamref name="TValue"/>.</param>
/// <param name="LogitCount">K.</param>
/// <param name="Read">Makes a value.</param>
/// <param name="Annotations">Adds its annotations, given the schema that it is added to.</param>
internal sealed record LogitColumn<TValue>(
    string Name, DataViewType ColumnType, int LogitCount, LogitReader<TValue> Read, Action<DataViewSchema.Annotations.Builder, DataViewSchema> Annotations) : StepColumn(Name)
{
    public override DataViewType Type => ColumnType;

    public override int SourceOf(int index) => 0;

    public override void Annotate(DataViewSchema.Annotations.Builder annotations, DataViewSchema input) => Annotations(annotations, input);

    public override Delegate CreateGetter(Func<int, FeatureBlock> output, Func<int> slot)
    {
        float[] logits = new float[LogitCount];
        return new ValueGetter<TValue>((ref TValue value) =>
        {
            output(slot()).CopyTo(logits);
            Read(logits, ref value);
        });
    }
}
