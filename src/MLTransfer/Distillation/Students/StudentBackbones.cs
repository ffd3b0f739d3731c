using MLTransfer.Distillation.Students;
using MLTransfer.Onnx.Graphs;

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
    /// A static embedding: the vectors of a text's tokens, each times a weight of its token, added up and divided by the norm. It knows no order of words, and is by far the fastest. A
    /// text without known tokens gives zeros.
    /// </summary>
    /// <param name="texts">Texts like those that it is to read; read once.</param>
    /// <param name="options">Its shape. Default: 256 numbers, a vocabulary of at most 16,000, random vectors.</param>
    /// <remarks>
    /// Weights start at a / (a + p), p the share of the token in the texts and a = 0.001 (Arora, Liang and Ma 2017). With a teacher, each token's vector starts as the teacher's feature of
    /// the token alone, along the principal axes of all of them: a student that is of use before it is trained.
    /// </remarks>
    /// <exception cref="ArgumentException">The texts hold no word, one is null, or the teacher has fewer numbers than are asked for.</exception>
    /// <exception cref="NotSupportedException">The teacher's vocabulary cannot be cut, or its graph takes no single tokens.</exception>
    /// <exception cref="OperationCanceledException"><see cref="StaticTextOptions.CancellationToken"/> was cancelled.</exception>
    public static Backbone StaticText(IEnumerable<string> texts, StaticTextOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options ??= new StaticTextOptions();
        (WordPieceVocabulary vocabulary, WordCounts words) = Vocabulary(texts, options.VocabularySize, options.Teacher, options.CancellationToken);
        float[] table = options.Teacher is null ? StaticTextStart.Random(vocabulary.Tokens.Length, options.Dimension, options.Seed)
            : StaticTextStart.Of(options.Teacher, vocabulary, options.Dimension, options.CancellationToken);
        return StudentParts.ToBackbone(StaticTextGraph.Build(table, StaticTextStart.Weights(vocabulary, words)), new BackboneCard
        {
            Name = "student-static-text",
            Modality = BackboneModality.Text,
            Graph = StudentParts.GraphFile,
            Inputs = StudentParts.TextInputs,
            FeatureOutput = StudentParts.Feature,
            Pooling = Pooling.Graph,
            Normalize = true,
            Dimension = options.Dimension,
            MaximumLength = options.MaximumLength,
        }, vocabulary.Files);
    }

    /// <summary>
    /// A small transformer encoder with a vocabulary of its own, cut to the texts: it knows the order of words, at a fraction of the size of a pretrained one. Features [rows, D] are the
    /// mean of the last layer's token vectors, or a linear map of it.
    /// </summary>
    /// <param name="texts">Texts like those that it is to read; read once.</param>
    /// <param name="options">Its shape. Default: 2 layers of 128 numbers, 4 heads, a vocabulary of 8,000: about 1.4 million weights.</param>
    /// <exception cref="ArgumentException">The texts hold no word, one is null, or two options contradict each other.</exception>
    /// <exception cref="NotSupportedException">The vocabulary of <see cref="TransformerTextOptions.VocabularyOf"/> cannot be cut.</exception>
    /// <exception cref="OperationCanceledException"><see cref="TransformerTextOptions.CancellationToken"/> was cancelled.</exception>
    public static Backbone TransformerText(IEnumerable<string> texts, TransformerTextOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options ??= new TransformerTextOptions();
        options.Check();
        (WordPieceVocabulary vocabulary, _) = Vocabulary(texts, options.VocabularySize, options.VocabularyOf, options.CancellationToken);
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

    /// <summary>
    /// A small depthwise-separable convolutional network for pictures, in the manner of MobileNet, with normalisation by the row's own statistics. Features [rows, D] are the mean of the
    /// last map over its places, or a linear map of it.
    /// </summary>
    /// <param name="options">Its shape. Default: 64 × 64 pixels, three stages of two blocks, 256 numbers: about 139,000 weights.</param>
    /// <remarks>A picture is brought to the size as a whole (<see cref="ImageResize.Exact"/>), red, green and blue from 0 to 1, less 0.5, divided by 0.25.</remarks>
    public static Backbone ConvolutionImage(ConvolutionImageOptions? options = null)
    {
        options ??= new ConvolutionImageOptions();
        (GraphBuilder graph, int dimension) = ConvolutionImageGraph.Build(options);
        return StudentParts.ToBackbone(graph, new BackboneCard
        {
            Name = "student-convolution-image",
            Modality = BackboneModality.Image,
            Graph = StudentParts.GraphFile,
            Inputs = new Dictionary<string, string> { [ConvolutionImageGraph.Pixels] = ConvolutionImageGraph.Pixels },
            FeatureOutput = StudentParts.Feature,
            Pooling = Pooling.Graph,
            Normalize = options.Normalize,
            Dimension = dimension,
            Image = new ImagePreprocessing { Width = options.ImageSize, Height = options.ImageSize, Mean = [0.5], Std = [0.25] },
        }, NoFiles);
    }

    /// <summary>
    /// A small network of fully connected layers for plain vectors. Features [rows, D] are the last, linear layer. Bring the inputs to a like scale first, such as by
    /// NormalizeMeanVariance.
    /// </summary>
    /// <param name="inputCount">N, the numbers of a vector. 1 to 1,000,000.</param>
    /// <param name="options">Its shape. Default: one hidden layer of 256, 128 numbers of a feature.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="inputCount"/> is out of range.</exception>
    public static Backbone PerceptronTensor(int inputCount, PerceptronTensorOptions? options = null)
    {
        OptionRange.Within(inputCount, 1, 1_000_000, nameof(inputCount));
        options ??= new PerceptronTensorOptions();
        return StudentParts.ToBackbone(PerceptronTensorGraph.Build(inputCount, options), new BackboneCard
        {
            Name = "student-perceptron-tensor",
            Modality = BackboneModality.Tensor,
            Graph = StudentParts.GraphFile,
            Inputs = new Dictionary<string, string> { [PerceptronTensorGraph.Input] = PerceptronTensorGraph.Input },
            FeatureOutput = StudentParts.Feature,
            Pooling = Pooling.Graph,
            Normalize = options.Normalize,
            Dimension = options.OutputDimension,
        }, NoFiles);
    }

    private static (WordPieceVocabulary Vocabulary, WordCounts Words) Vocabulary(IEnumerable<string> texts, int size, Backbone? of, CancellationToken cancel)
    {
        WordCounts words = WordCounts.Of(texts, of?.Tokenizer!.Definition.Normalizer ?? WordCounts.Uncased, cancel);
        return (of is null ? WordPieceVocabulary.Learn(words, size, cancel) : WordPieceVocabulary.Cut(of.Tokenizer!, words, size, cancel), words);
    }
}
