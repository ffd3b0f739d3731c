using MLTransfer.Distillation.Students;
using MLTransfer.Internal;

namespace MLTransfer;

/// <summary>The shape of a small transformer encoder for texts: see <see cref="StudentBackbones.TransformerText"/>.</summary>
public sealed record TransformerTextOptions
{
    /// <summary>L, the encoder layers. 1 to 24, default: 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int LayerCount { get; init => field = OptionRange.Within(value, 1, 24, nameof(LayerCount)); } = 2;

    /// <summary>D, the numbers of a token's vector between the layers; a multiple of <see cref="HeadCount"/>. 4 to 4,096, default: 128.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int Dimension { get; init => field = OptionRange.Within(value, 4, 4096, nameof(Dimension)); } = 128;

    /// <summary>Heads of each attention. 1 to 64, default: 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int HeadCount { get; init => field = OptionRange.Within(value, 1, 64, nameof(HeadCount)); } = 4;

    /// <summary>Hidden units of each feed-forward part. 1 to 16,384, default: 512.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int FeedForwardDimension { get; init => field = OptionRange.Within(value, 1, 16_384, nameof(FeedForwardDimension)); } = 512;

    /// <summary>
    /// E, the numbers of a token in the table. Below <see cref="Dimension"/>, a matrix [E, D] behind the table makes vectors of D of them, and the table is that much smaller (Lan et
    /// al. 2020, "ALBERT", section 3.1). 1 to <see cref="Dimension"/>, default: null, the same as it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int? EmbeddingDimension { get; init => field = value is int e ? OptionRange.Within(e, 1, 4096, nameof(EmbeddingDimension)) : null; }

    /// <summary>Numbers of a feature, by a linear map behind the mean. 1 to 65,536, default: null, the mean itself of <see cref="Dimension"/> numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int? OutputDimension { get; init => field = value is int d ? OptionRange.Within(d, 1, 65_536, nameof(OutputDimension)) : null; }

    /// <summary>V, tokens at most, special ones included; fewer where the texts do not hold as many pieces. 64 to 200,000, default: 8,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int VocabularySize { get; init => field = OptionRange.Within(value, 64, 200_000, nameof(VocabularySize)); } = 8000;

    /// <summary>Tokens of a text at most, [CLS] and [SEP] included; what is longer is cut off. 3 to 8,192, default: 64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int MaximumLength { get; init => field = OptionRange.Within(value, 3, 8192, nameof(MaximumLength)); } = 64;

    /// <summary>Whether features are divided by their Euclidean norm, which the card then says. Default: false.</summary>
    public bool Normalize { get; init; }

    /// <summary>A text backbone whose vocabulary is cut to the texts, instead of learning one from them. Default: null.</summary>
    /// <exception cref="ArgumentException">It reads something else than texts.</exception>
    public Backbone? VocabularyOf { get; init => field = TokenFeatures.Checked(value, nameof(VocabularyOf)); }

    /// <summary>Decides the weights. Default: 0.</summary>
    public int Seed { get; init; }

    /// <summary>Ends the making of the vocabulary and the run of the teacher by an <see cref="OperationCanceledException"/>; there is no student then. Default: never.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Checks what no option can check alone.</summary>
    /// <exception cref="ArgumentException">Two of them contradict each other.</exception>
    internal void Check()
    {
        if (Dimension % HeadCount != 0)
            throw Throw.StudentOptions($"{nameof(Dimension)} is {Dimension}, which {HeadCount} heads ({nameof(HeadCount)}) cannot share equally. Make it a multiple.", nameof(Dimension));
        if (EmbeddingDimension > Dimension)
            throw Throw.StudentOptions($"{nameof(EmbeddingDimension)} is {EmbeddingDimension}, more than {nameof(Dimension)}, {Dimension}: the table would only be larger. Leave it null, or make it smaller.", nameof(EmbeddingDimension));
    }
}
