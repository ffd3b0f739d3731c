using MLTransfer.Cli.Training;

namespace MLTransfer.Cli.Teaching;

/// <summary>The student that the command line asks for. Sizes that are null are the library's defaults.</summary>
internal sealed record StudentSettings
{
    /// <summary>The kinds that are no folder, file or name.</summary>
    public const string Static = "static";
    public const string Transformer = "transformer";
    public const string Ngrams = "ngrams";

    /// <summary>What was typed: a kind, or where a backbone is.</summary>
    public required string Text { get; init; }

    public required int? Dimension { get; init; }

    public required int? VocabularySize { get; init; }

    public required int? LayerCount { get; init; }

    public required int? HeadCount { get; init; }

    public required int? FeedForwardDimension { get; init; }

    public required int? TokenDimension { get; init; }

    public required int? FeatureDimension { get; init; }

    public required int? MaximumLength { get; init; }

    /// <summary>Whether a fresh student begins with what the teacher knows of single tokens.</summary>
    public required bool StartsFromTeacher { get; init; }

    /// <summary>Which weights of a backbone that is there already are trained; null where that was not said.</summary>
    public required FreezingPlan? FineTune { get; init; }

    public required bool Int8ToFloat { get; init; }

    public required int Seed { get; init; }

    public StudentKind Kind => Of(Text);

    /// <summary>The kind that a word means.</summary>
    public static StudentKind Of(string text) => text switch
    {
        Static => StudentKind.Static,
        Transformer => StudentKind.Transformer,
        Ngrams => StudentKind.Ngrams,
        _ => StudentKind.Pretrained,
    };

    /// <summary>Makes the fresh backbone, or opens the one that is there.</summary>
    /// <param name="texts">What a fresh one's vocabulary is made from.</param>
    /// <param name="teacher">Whose tokens a fresh one may start from; null where there is no such teacher.</param>
    /// <param name="cancel">Ends the making of a vocabulary, and the teacher's run over it.</param>
    /// <exception cref="ArgumentException">The sizes do not fit together, or it is no text backbone.</exception>
    /// <exception cref="NotSupportedException">The student cannot start from this teacher.</exception>
    public Backbone Make(IEnumerable<string> texts, Backbone? teacher, CancellationToken cancel) => Kind switch
    {
        StudentKind.Static => StudentBackbones.StaticText(texts, StaticOptions(teacher) with { CancellationToken = cancel }),
        StudentKind.Transformer => StudentBackbones.TransformerText(texts, TransformerOptions(teacher) with { CancellationToken = cancel }),
        _ => TrainBackbone.Open(Text, BackboneModality.Text, null, null, cancel),
    };

    private StaticTextOptions StaticOptions(Backbone? teacher)
    {
        var options = new StaticTextOptions { Seed = Seed, Teacher = StartsFromTeacher ? teacher : null };
        return options with
        {
            Dimension = Dimension ?? options.Dimension,
            VocabularySize = VocabularySize ?? options.VocabularySize,
            MaximumLength = MaximumLength ?? options.MaximumLength,
        };
    }

    private TransformerTextOptions TransformerOptions(Backbone? teacher)
    {
        var options = new TransformerTextOptions { Seed = Seed, VocabularyOf = StartsFromTeacher ? teacher : null };
        return options with
        {
            Dimension = Dimension ?? options.Dimension,
            VocabularySize = VocabularySize ?? options.VocabularySize,
            LayerCount = LayerCount ?? options.LayerCount,
            HeadCount = HeadCount ?? options.HeadCount,
            FeedForwardDimension = FeedForwardDimension ?? options.FeedForwardDimension,
            EmbeddingDimension = TokenDimension,
            OutputDimension = FeatureDimension,
            MaximumLength = MaximumLength ?? options.MaximumLength,
        };
    }
}
