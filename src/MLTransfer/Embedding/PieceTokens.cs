namespace MLTransfer.Embedding;

/// <summary>What the pieces of one row delivered, until the last of them is there. Pieces may come in any order and from several workers.</summary>
internal sealed class PieceTokens(int count)
{
    private readonly float[]?[] _pieces = count > 1 ? new float[count][] : [];
    private int _open = count;

    public int Count { get; } = count;

    /// <summary>Keeps the tokens of a piece, and says whether it was the last one missing.</summary>
    public bool Add(int number, ReadOnlySpan<float> tokens)
    {
        _pieces[number] = tokens.ToArray();
        return Interlocked.Decrement(ref _open) == 0;
    }

    /// <summary>The tokens of all pieces, in their order.</summary>
    public float[] Join() => [.. _pieces.SelectMany(p => p!)];

    public int TokenCount(int dimension) => _pieces.Sum(p => p!.Length) / dimension;
}
