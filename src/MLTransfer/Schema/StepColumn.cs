using Microsoft.ML.Data;

namespace MLTransfer.Schema;

/// <summary>A column that a step adds: a vector of numbers, of fixed size, or variable for a sequence.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Dimension">D, numbers of one vector or of one token.</param>
/// <param name="IsSequence">True for a variable vector of n × D numbers.</param>
internal sealed record StepColumn(string Name, int Dimension, bool IsSequence)
{
    // A sequence is promised as a variable number of tokens of D numbers each: the only open dimension is the first.
    public VectorDataViewType Type => IsSequence
        ? new VectorDataViewType(NumberDataViewType.Single, 0, Dimension)
        : new VectorDataViewType(NumberDataViewType.Single, Dimension);
}
