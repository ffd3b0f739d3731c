using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Features;

namespace MLTransfer.Schema;

/// <summary>A column of features: a vector of numbers, of fixed size, or variable for a sequence.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Dimension">D, numbers of one vector or of one token.</param>
/// <param name="IsSequence">True for a variable vector of n × D numbers.</param>
internal sealed record FeatureColumn(string Name, int Dimension, bool IsSequence) : StepColumn(Name)
{
    // A sequence is promised as a variable number of tokens of D numbers each: the only open dimension is the first.
    public override VectorDataViewType Type => IsSequence
        ? new VectorDataViewType(NumberDataViewType.Single, 0, Dimension)
        : new VectorDataViewType(NumberDataViewType.Single, Dimension);

    public override void Annotate(DataViewSchema.Annotations.Builder annotations, DataViewSchema input)
    {
        if (!IsSequence)
            annotations.Add<VBuffer<ReadOnlyMemory<char>>>("SlotNames", new VectorDataViewType(TextDataViewType.Instance, Dimension), SlotNames);
    }

    public override Delegate CreateGetter(Func<int, FeatureBlock> output, Func<int> slot) => new ValueGetter<VBuffer<float>>((ref VBuffer<float> destination) =>
    {
        FeatureBlock block = output(slot());
        VBufferEditor<float> editor = VBufferEditor.Create(ref destination, block.Length);
        block.CopyTo(editor.Values);
        destination = editor.Commit();
    });

    // Names are made when somebody asks, not for every schema.
    private void SlotNames(ref VBuffer<ReadOnlyMemory<char>> destination)
    {
        VBufferEditor<ReadOnlyMemory<char>> editor = VBufferEditor.Create(ref destination, Dimension);
        for (int i = 0; i < Dimension; i++)
            editor.Values[i] = $"{Name}[{i}]".AsMemory();
        destination = editor.Commit();
    }
}
