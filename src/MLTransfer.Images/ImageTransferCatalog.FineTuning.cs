using Microsoft.ML;
using MLTransfer.Embedding;
using MLTransfer.FineTuning;
using MLTransfer.Images;
using MLTransfer.Schema;

namespace MLTransfer;

#pragma warning disable RS0026 // Overloads with optional parameters: each catalog of trainers has one, and a call is always on one catalog.
public static partial class ImageTransferCatalog
{
    /// <summary>Trains the last blocks of an image backbone and a multiclass head together.</summary>
    /// <param name="catalog">The catalog of multiclass trainers.</param>
    /// <param name="backbone">The image backbone.</param>
    /// <param name="labelColumnName">The label: a key, or a vector of class probabilities.</param>
    /// <param name="inputColumnName">The column of pictures: paths, bytes of files, or MLImage.</param>
    /// <param name="lastBlocks">How many blocks of the backbone are trained.</param>
    public static FineTuneEstimator FineTuneImage(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, Backbone backbone,
        string labelColumnName = "Label", string inputColumnName = "Image", int lastBlocks = 1) =>
        catalog.FineTuneImage(backbone, TransferCatalog.Simple(labelColumnName, lastBlocks), new ImageEmbeddingOptions { InputColumnName = inputColumnName });

    /// <summary>Trains an image backbone and a multiclass head together.</summary>
    /// <param name="catalog">The catalog of multiclass trainers.</param>
    /// <param name="backbone">The image backbone.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="pictures">How pictures are read and features delivered.</param>
    public static FineTuneEstimator FineTuneImage(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, Backbone backbone, FineTuneOptions options,
        ImageEmbeddingOptions pictures)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return TransferCatalog.FineTune(MlNetInternals.GetEnvironment(catalog), backbone, Form(pictures), FineTuneTask.Multiclass, options);
    }

    /// <summary>Trains the last blocks of an image backbone and a binary head together.</summary>
    /// <param name="catalog">The catalog of binary trainers.</param>
    /// <param name="backbone">The image backbone.</param>
    /// <param name="labelColumnName">The label: Boolean, or the probability of true.</param>
    /// <param name="inputColumnName">The column of pictures: paths, bytes of files, or MLImage.</param>
    /// <param name="lastBlocks">How many blocks of the backbone are trained.</param>
    public static FineTuneEstimator FineTuneImage(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, Backbone backbone,
        string labelColumnName = "Label", string inputColumnName = "Image", int lastBlocks = 1) =>
        catalog.FineTuneImage(backbone, TransferCatalog.Simple(labelColumnName, lastBlocks), new ImageEmbeddingOptions { InputColumnName = inputColumnName });

    /// <summary>Trains an image backbone and a binary head together.</summary>
    /// <param name="catalog">The catalog of binary trainers.</param>
    /// <param name="backbone">The image backbone.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="pictures">How pictures are read and features delivered.</param>
    public static FineTuneEstimator FineTuneImage(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, Backbone backbone, FineTuneOptions options,
        ImageEmbeddingOptions pictures)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return TransferCatalog.FineTune(MlNetInternals.GetEnvironment(catalog), backbone, Form(pictures), FineTuneTask.Binary, options);
    }

    /// <summary>Trains the last blocks of an image backbone and a regression head together.</summary>
    /// <param name="catalog">The catalog of regression trainers.</param>
    /// <param name="backbone">The image backbone.</param>
    /// <param name="labelColumnName">The label, Single.</param>
    /// <param name="inputColumnName">The column of pictures: paths, bytes of files, or MLImage.</param>
    /// <param name="lastBlocks">How many blocks of the backbone are trained.</param>
    public static FineTuneEstimator FineTuneImage(this RegressionCatalog.RegressionTrainers catalog, Backbone backbone,
        string labelColumnName = "Label", string inputColumnName = "Image", int lastBlocks = 1) =>
        catalog.FineTuneImage(backbone, TransferCatalog.Simple(labelColumnName, lastBlocks), new ImageEmbeddingOptions { InputColumnName = inputColumnName });

    /// <summary>Trains an image backbone and a regression head together.</summary>
    /// <param name="catalog">The catalog of regression trainers.</param>
    /// <param name="backbone">The image backbone.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="pictures">How pictures are read and features delivered.</param>
    public static FineTuneEstimator FineTuneImage(this RegressionCatalog.RegressionTrainers catalog, Backbone backbone, FineTuneOptions options, ImageEmbeddingOptions pictures)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return TransferCatalog.FineTune(MlNetInternals.GetEnvironment(catalog), backbone, Form(pictures), FineTuneTask.Regression, options);
    }

    internal static EmbeddingForm Form(ImageEmbeddingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.AugmentedViewCount > 0 && options.Augmentation is null)
            throw Images.Throw.ViewsWithoutAugmentation(options.AugmentedViewCount);
        ImageEmbeddingOptions plain = options.AugmentedViewCount == 0 ? options : options with { Augmentation = null, AugmentedViewCount = 0 };
        ImageStep Step(Microsoft.ML.Runtime.IHostEnvironment env, Backbone backbone, ImageEmbeddingOptions read) => new(EmbeddingPlan.Make(env, "FineTuneImage", backbone, read), read);
        return new EmbeddingForm("FineTuneImage", (env, backbone) => Step(env, backbone, plain), (env, backbone) => new ImageEmbeddingTransformer(env,
            new ImageStep(EmbeddingPlan.Make(env, ImageStep.Name, backbone, plain), plain), plain))
        {
            MakeViews = (env, backbone) => [.. Enumerable.Range(1, options.AugmentedViewCount)
                .Select(view => Step(env, backbone, plain with { Augmentation = options.Augmentation! with { Seed = options.Augmentation.Seed + view } }))],
        };
    }
}
