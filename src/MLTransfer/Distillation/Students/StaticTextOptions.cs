using MLTransfer.Distillation.Students;

namespace MLTransfer;

/// <summary>The shape of a static embedding for texts: see <see cref="StudentBackbones.StaticText"/>.</summary>
public sealed record StaticTextOptions
{
    /// <summary>D, the numbers of a token's vector and of a feature; with a <see cref="Teacher"/> no more than it has. 1 to 4,096, default: 256.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int Dimension { get; init => field = OptionRange.Within(value, 1, 4096, nameof(Dimension)); } = 256;

    /// <summary>V, tokens at most, special ones included; fewer where the texts do not hold as many pieces. 64 to 200,000, default: 16,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int VocabularySize { get; init => field = OptionRange.Within(value, 64, 200_000, nameof(VocabularySize)); } = 16_000;

    /// <summary>Tokens of a text at most, [CLS] and [SEP] included, which count for nothing; what is longer is cut off. 3 to 8,192, default: 256.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int MaximumLength { get; init => field = OptionRange.Within(value, 3, 8192, nameof(MaximumLength)); } = 256;

    /// <summary>
    /// A text backbone that the start comes from: its vocabulary, cut to the texts, and its features of single tokens, along their D principal axes. Default: null, a vocabulary learnt from
    /// the texts and random vectors.
    /// </summary>
    /// <exception cref="ArgumentException">It reads something else than texts.</exception>
    public Backbone? Teacher { get; init => field = TokenFeatures.Checked(value, nameof(Teacher)); }

    /// <summary>Decides the vectors where there is no teacher. Default: 0.</summary>
    public int Seed { get; init; }

    /// <summary>Ends the making of the vocabulary and the run of the teacher by an <see cref="OperationCanceledException"/>; there is no student then. Default: never.</summary>
    public CancellationToken CancellationToken { get; init; }
}
