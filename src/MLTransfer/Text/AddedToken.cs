namespace MLTransfer.Text;

/// <summary>A token that is recognised in the text before words are cut: [MASK], say.</summary>
internal sealed record AddedToken(string Content)
{
    public int Id { get; init; }

    /// <summary>Only where no part of a word stands beside it.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Takes the white space before it.</summary>
    public bool LeftStrip { get; init; }

    /// <summary>Takes the white space after it.</summary>
    public bool RightStrip { get; init; }

    /// <summary>Normalized itself, and looked for in the normalized text.</summary>
    public bool Normalized { get; init; }
}
