namespace MLTransfer.Build.DefaultBackbone;

/// <summary>
/// The settings of the default text backbone. They were chosen on the dev part of STS-B and on training rows; docs/decisions/0006 has the trials.
/// </summary>
internal sealed record Recipe
{
    /// <summary>Name of the teacher's folder.</summary>
    public string Teacher { get; init; } = "all-minilm-l6-v2";

    /// <summary>D, the numbers of a feature: as many principal axes are kept.</summary>
    public int Dimension { get; init; } = 256;

    /// <summary>Rows of the table, special tokens included: what 6 MB hold at 256 bytes and a scale a row, with the vocabulary.</summary>
    public int TokenCount { get; init; } = 22_000;

    /// <summary>How many of them continue a word ("##ing"), single characters not counted.</summary>
    public int ContinuationCount { get; init; } = 2_500;

    /// <summary>
    /// What a word's frequency in the licensed text counts when words are chosen, against 1 for its frequency by the order of the teacher's
    /// vocabulary, which was counted in far more text: news and encyclopedias, not reviews and requests alone.
    /// </summary>
    public double LicensedWordWeight { get; init; } = 0.5;

    /// <summary>a in the weight a / (a + p) of a token with frequency p (Arora, Liang and Ma 2017, equation 4).</summary>
    public double Smoothing { get; init; } = 2e-3;

    /// <summary>
    /// The part of p that is counted in the licensed text; the rest follows Zipf's law over the teacher's vocabulary, which is ordered by
    /// frequency.
    /// </summary>
    public double CountedShare { get; init; } = 0.5;

    /// <summary>The most tokens of a text. The graph has no limit; this bounds the memory that one endless text can take.</summary>
    public int MaximumLength { get; init; } = 512;

    /// <summary>Tokens of a text at most in the second round, which is on short ones.</summary>
    public int ShortTokenCount { get; init; } = 20;

    /// <summary>Tokens that the student reads of a text while it learns, [CLS] and [SEP] included; as many as let 512 texts be compared at a time. Afterwards it reads <see cref="MaximumLength"/>.</summary>
    public int LearntLength { get; init; } = 32;

    /// <summary>Texts, the first of the mixed ones, by which the start is mapped to the teacher.</summary>
    public int StartTextCount { get; init; } = 20_000;
}
