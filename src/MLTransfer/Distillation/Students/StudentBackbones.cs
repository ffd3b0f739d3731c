using MLTransfer.Distillation.Students;

namespace MLTransfer;

/// <summary>
/// Small networks that have learnt nothing yet, as students of a larger teacher or to be trained from scratch: each is a <see cref="Backbone"/> with random weights, in memory. Whatever
/// works with a pretrained backbone works with them: <c>FineTuneText</c> with <see cref="FreezingPlan.Everything"/> trains them, <see cref="Backbone.Save"/> keeps them. The same
/// options, seed and texts give the same bytes, on every machine and in whatever order the texts come. Thread-safe.
/// </summary>
public static class StudentBackbones
{
    private static readonly Dictionary<string, byte[]> NoFiles = [];

    /// <summary>
    /// A small transformer encoder with a vocabulary of its own, cut to the texts: it knows the order of words, at a fraction of the size of a pretrained one. Features [rows, D] are the
    /// mean of the last layer's token vectors, or a linear map of it.
    /// </summary>
    /// <param name="texts">Texts like those that it is to read; read once.</param>
    /// <param name="options">Its shape. Default: 2 layers of 128 numbers, 4 heads, a vocabulary of 8,000: about 1.4 million weights.</param>
    /// <exception cref="ArgumentException">The texts hold no word, one is null, or two options contradict each other.</exception>
    /// <exception cref="NotSupportedException">The vocabulary of <see cref="TransformerTextOptions.VocabularyOf"/> cannot be cut.</exception>
    public static Backbone TransformerText(IEnumerable<string> texts, TransformerTextOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options ??= new TransformerTextOptions();
        options.Check();
        (WordPieceVocabulary vocabulary, _) = Vocabulary(texts, options.VocabularySize, options.VocabularyOf);
        return StudentParts.ToBackbone(TransformerTextGraph.Build(options, vocabulary.Tokens.Length), new BackboneCard
        {
            Name = "student-transformer-text",
            Modality = BackboneModality.Text,
            Graph = StudentParts.GraphFile,
            Inputs = StudentParts.TextInputs,
            FeatureOutput = StudentParts.Feature,
            Pooling = Pooling.Graph,
            Normalize = options.Normalize,
            Dimension = options.OutputDimension ?? options.Dimension,
            MaximumLength = options.MaximumLength,
        }, vocabulary.Files);
    }

    private static (WordPieceVocabulary Vocabulary, WordCounts Words) Vocabulary(IEnumerable<string> texts, int size, Backbone? of)
    {
        WordCounts words = WordCounts.Of(texts, of?.Tokenizer!.Definition.Normalizer ?? WordCounts.Uncased);
        return (of is null ? WordPieceVocabulary.Learn(words, size) : WordPieceVocabulary.Cut(of.Tokenizer!, words, size), words);
    }
}
