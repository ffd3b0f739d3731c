using Microsoft.ML;
using MLTransfer.Schema;

namespace MLTransfer;

/// <summary>The steps of MLTransfer on ML.NET's own catalogs.</summary>
public static partial class TransferCatalog
{
    /// <summary>Adds the features of a text backbone.</summary>
    /// <param name="catalog"><c>mlContext.Transforms</c>.</param>
    /// <param name="outputColumnName">The feature column to add, <c>Vector&lt;Single, D&gt;</c>.</param>
    /// <param name="backbone">The text backbone.</param>
    /// <param name="inputColumnName">The text column to read.</param>
    /// <param name="pooling">How token vectors become the feature. Default: as the backbone's card says.</param>
    /// <param name="normalize">Whether features are divided by their Euclidean norm. Default: as the backbone's card says.</param>
    /// <param name="maximumLength">The most tokens of a text, special tokens included. Default: as the backbone's card says.</param>
    /// <exception cref="ArgumentException">A setting does not fit the backbone, or the backbone does not read text.</exception>
    public static TextEmbeddingEstimator EmbedText(
        this TransformsCatalog catalog, string outputColumnName, Backbone backbone, string inputColumnName = "Text", Pooling? pooling = null, bool? normalize = null,
        int? maximumLength = null) =>
        catalog.EmbedText(backbone, new TextEmbeddingOptions
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Pooling = pooling,
            Normalize = normalize,
            MaximumLength = maximumLength,
        });

    /// <summary>Adds the features of a text backbone, with all settings.</summary>
    /// <param name="catalog"><c>mlContext.Transforms</c>.</param>
    /// <param name="backbone">The text backbone.</param>
    /// <param name="options">All settings.</param>
    /// <exception cref="ArgumentException">A setting does not fit the backbone, or the backbone does not read text.</exception>
    public static TextEmbeddingEstimator EmbedText(this TransformsCatalog catalog, Backbone backbone, TextEmbeddingOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(options);
        return new TextEmbeddingEstimator(MlNetInternals.GetEnvironment(catalog), backbone, options);
    }

    /// <summary>Adds the features of a backbone that reads one vector of numbers.</summary>
    /// <param name="catalog"><c>mlContext.Transforms</c>.</param>
    /// <param name="outputColumnName">The feature column to add, <c>Vector&lt;Single, D&gt;</c>.</param>
    /// <param name="backbone">The backbone; its graph has one input.</param>
    /// <param name="inputColumnName">The vector column to read. Default: the column that bears the input's name.</param>
    /// <param name="pooling">How vectors along an open axis become the feature. Default: as the backbone's card says.</param>
    /// <param name="normalize">Whether features are divided by their Euclidean norm. Default: as the backbone's card says.</param>
    /// <exception cref="ArgumentException">A setting does not fit the backbone, the backbone reads something else, or it has several inputs.</exception>
    public static TensorEmbeddingEstimator EmbedTensor(
        this TransformsCatalog catalog, string outputColumnName, Backbone backbone, string? inputColumnName = null, Pooling? pooling = null, bool? normalize = null)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        var options = new TensorEmbeddingOptions { OutputColumnName = outputColumnName, Pooling = pooling, Normalize = normalize };
        if (inputColumnName is not null)
            options = options with { InputColumns = new Dictionary<string, string> { [backbone.Ports.Inputs.Values.First().Name] = inputColumnName } };
        return catalog.EmbedTensor(backbone, options);
    }

    /// <summary>Adds the features of a backbone that reads vectors of numbers, with all settings.</summary>
    /// <param name="catalog"><c>mlContext.Transforms</c>.</param>
    /// <param name="backbone">The backbone.</param>
    /// <param name="options">All settings.</param>
    /// <exception cref="ArgumentException">A setting does not fit the backbone, or the backbone reads something else.</exception>
    public static TensorEmbeddingEstimator EmbedTensor(this TransformsCatalog catalog, Backbone backbone, TensorEmbeddingOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(options);
        return new TensorEmbeddingEstimator(MlNetInternals.GetEnvironment(catalog), backbone, options);
    }

    /// <summary>Adds the features of an audio backbone.</summary>
    /// <param name="catalog"><c>mlContext.Transforms</c>.</param>
    /// <param name="outputColumnName">The feature column to add, <c>Vector&lt;Single, D&gt;</c>.</param>
    /// <param name="backbone">The audio backbone.</param>
    /// <param name="inputColumnName">The column to read: paths of WAV files, their bytes, or samples at the backbone's rate.</param>
    /// <param name="pooling">How the frames of a clip, and the windows of a long one, become the feature. Default: as the backbone's card says.</param>
    /// <param name="normalize">Whether features are divided by their Euclidean norm. Default: as the backbone's card says.</param>
    /// <exception cref="ArgumentException">A setting does not fit the backbone, or the backbone does not read sound.</exception>
    public static AudioEmbeddingEstimator EmbedAudio(
        this TransformsCatalog catalog, string outputColumnName, Backbone backbone, string inputColumnName = "Audio", Pooling? pooling = null, bool? normalize = null) =>
        catalog.EmbedAudio(backbone, new AudioEmbeddingOptions
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Pooling = pooling,
            Normalize = normalize,
        });

    /// <summary>Adds the features of an audio backbone, with all settings.</summary>
    /// <param name="catalog"><c>mlContext.Transforms</c>.</param>
    /// <param name="backbone">The audio backbone.</param>
    /// <param name="options">All settings.</param>
    /// <exception cref="ArgumentException">A setting does not fit the backbone, or the backbone does not read sound.</exception>
    public static AudioEmbeddingEstimator EmbedAudio(this TransformsCatalog catalog, Backbone backbone, AudioEmbeddingOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(options);
        return new AudioEmbeddingEstimator(MlNetInternals.GetEnvironment(catalog), backbone, options);
    }
}
