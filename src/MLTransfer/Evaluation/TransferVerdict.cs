namespace MLTransfer;

/// <summary>Whether transfer helped: by accuracy on the same samples, seed by seed.</summary>
public enum TransferVerdict
{
    /// <summary>Neither side was the better one for at least four of five seeds.</summary>
    Undecided,

    /// <summary>The side with transfer was better for at least four of five seeds.</summary>
    Helped,

    /// <summary>The side with transfer was worse for at least four of five seeds: negative transfer.</summary>
    Hurt,

    /// <summary>It helped at some numbers of labels and hurt at others.</summary>
    Mixed,
}
