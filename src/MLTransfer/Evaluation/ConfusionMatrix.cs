namespace MLTransfer;

/// <summary>How often each class was predicted for each label: as scikit-learn's, rows are labels and columns are predictions.</summary>
public sealed class ConfusionMatrix : IEquatable<ConfusionMatrix>
{
    private readonly long[] _counts;

    internal ConfusionMatrix(IReadOnlyList<string> classNames, long[] counts)
    {
        ClassNames = classNames;
        _counts = counts;
    }

    /// <summary>The classes, in the order of rows and columns.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>K; the matrix has K × K numbers.</summary>
    public int ClassCount => ClassNames.Count;

    /// <summary>Rows of one label that were predicted as one class.</summary>
    /// <param name="label">The label, from 0.</param>
    /// <param name="prediction">The predicted class, from 0.</param>
    public long this[int label, int prediction]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(label);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, ClassCount);
            ArgumentOutOfRangeException.ThrowIfNegative(prediction);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(prediction, ClassCount);
            return _counts[label * ClassCount + prediction];
        }
    }

    /// <summary>Rows of a label: the sum of a row of the matrix.</summary>
    public long LabelCount(int label) => Enumerable.Range(0, ClassCount).Sum(k => this[label, k]);

    /// <summary>Rows predicted as a class: the sum of a column.</summary>
    public long PredictionCount(int prediction) => Enumerable.Range(0, ClassCount).Sum(k => this[k, prediction]);

    /// <summary>Whether another has the same classes and the same numbers.</summary>
    public bool Equals(ConfusionMatrix? other) => other is not null && ClassNames.SequenceEqual(other.ClassNames, StringComparer.Ordinal) && _counts.AsSpan().SequenceEqual(other._counts);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ConfusionMatrix);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (long count in _counts)
            hash.Add(count);
        return hash.ToHashCode();
    }

    internal static ConfusionMatrix Sum(IReadOnlyCollection<ConfusionMatrix> matrices)
    {
        ConfusionMatrix first = matrices.First();
        var counts = new long[first._counts.Length];
        foreach (ConfusionMatrix matrix in matrices)
        {
            for (int i = 0; i < counts.Length; i++)
                counts[i] += matrix._counts[i];
        }
        return new ConfusionMatrix(first.ClassNames, counts);
    }
}
