namespace MLTransfer;

/// <summary>How much each of several teachers counts.</summary>
public enum TeacherWeighting
{
    /// <summary>In every row as its weight says.</summary>
    Fixed,

    /// <summary>
    /// In each row its weight times its confidence, 1 − H(p) / log K with H the entropy of its probabilities: a teacher that does not know is hardly heard. For classes only.
    /// </summary>
    Confidence,
}
