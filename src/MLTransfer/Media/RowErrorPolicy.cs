namespace MLTransfer;

/// <summary>What a step does with a row whose file or bytes cannot be read: a missing file, a damaged image, a clip without samples.</summary>
public enum RowErrorPolicy
{
    /// <summary>Reading that row's value is an error that names the row and the reason. Rows before it have been delivered. The default.</summary>
    Throw,

    /// <summary>The row's features are not-a-number (a sequence has one such token), and a warning names the row.</summary>
    NaN,

    /// <summary>
    /// The row is left out, and a warning names it. Every pass over the data has to look at every row then, whichever columns are asked for. A prediction engine, which has
    /// one row and nothing to skip to, treats it as <see cref="Throw"/>.
    /// </summary>
    SkipRow,
}
