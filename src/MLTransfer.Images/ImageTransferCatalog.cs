using Microsoft.ML;
using MLTransfer.Schema;

namespace MLTransfer;

/// <summary>The steps over pictures on ML.NET's own catalogs.</summary>
public static partial class ImageTransferCatalog
{
    /// <summary>Adds the features of an image backbone.</summary>
    /// <param name="catalog"><c>mlContext.Transforms</c>.</param>
    /// <param name="outputColumnName">The feature column to add, <c>Vector&lt;Single, D&gt;</c>.</param>
    /// <param name="backbone">The image backbone.</param>
    /// <param name="inputColumnName">The column to read: paths, the bytes of files, or MLImage.</param>
    /// <param name="pooling">How patches become the feature. Default: as the backbone's card says.</param>
    /// <param name="normalize">Whether features are divided by their Euclidean norm. Default: as the backbone's card says.</param>
    /// <param name="decodeMode">How exactly pictures are decoded. Default: <see cref="DecodeMode.Exact"/>.</param>
    /// <exception cref="ArgumentException">A setting does not fit the backbone, or the backbone does not read pictures.</exception>
    public static ImageEmbeddingEstimator EmbedImage(
        this TransformsCatalog catalog, string outputColumnName, Backbone backbone, string inputColumnName = "Image", Pooling? pooling = null, bool? normalize = null,
        DecodeMode decodeMode = DecodeMode.Exact) =>
        catalog.EmbedImage(backbone, new ImageEmbeddingOptions
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Pooling = pooling,
            Normalize = normalize,
            DecodeMode = decodeMode,
        });

    /// <summary>Adds the features of an image backbone, with all settings.</summary>
    /// <param name="catalog"><c>mlContext.Transforms</c>.</param>
    /// <param name="backbone">The image backbone.</param>
    /// <param name="options">All settings.</param>
    /// <exception cref="ArgumentException">A setting does not fit the backbone, or the backbone does not read pictures.</exception>
    public static ImageEmbeddingEstimator EmbedImage(this TransformsCatalog catalog, Backbone backbone, ImageEmbeddingOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(options);
        return new ImageEmbeddingEstimator(MlNetInternals.GetEnvironment(catalog), backbone, options);
    }
}
