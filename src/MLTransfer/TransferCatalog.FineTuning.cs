using Microsoft.ML;
using MLTransfer.FineTuning;
using MLTransfer.Schema;
using MLTransfer.Tensors;
using MLTransfer.Text;

namespace MLTransfer;

#pragma warning disable RS0026 // Overloads with optional parameters: each catalog of trainers has one, and a call is always on one catalog.
public static partial class TransferCatalog
{
    /// <summary>Trains the last blocks of a text backbone and a multiclass head together.</summary>
    /// <param name="catalog">The catalog of multiclass trainers.</param>
    /// <param name="backbone">The text backbone.</param>
    /// <param name="labelColumnName">The label: a key, or a vector of class probabilities.</param>
    /// <param name="inputColumnName">The text column.</param>
    /// <param name="lastBlocks">How many blocks of the backbone are trained.</param>
    public static FineTuneEstimator FineTuneText(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, Backbone backbone,
        string labelColumnName = "Label", string inputColumnName = "Text", int lastBlocks = 2) =>
        catalog.FineTuneText(backbone, Simple(labelColumnName, lastBlocks), new TextEmbeddingOptions { InputColumnName = inputColumnName, Normalize = false });

    /// <summary>Trains a text backbone and a multiclass head together.</summary>
    /// <param name="catalog">The catalog of multiclass trainers.</param>
    /// <param name="backbone">The text backbone.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="text">How texts are read and features delivered. Features are trained as they are told here: set Normalize to false unless they are needed with length 1.</param>
    public static FineTuneEstimator FineTuneText(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, Backbone backbone, FineTuneOptions options,
        TextEmbeddingOptions text)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return FineTune(MlNetInternals.GetEnvironment(catalog), backbone, Form(text), FineTuneTask.Multiclass, options);
    }

    /// <summary>Trains the last blocks of a text backbone and a binary head together.</summary>
    /// <param name="catalog">The catalog of binary trainers.</param>
    /// <param name="backbone">The text backbone.</param>
    /// <param name="labelColumnName">The label: Boolean, or the probability of true.</param>
    /// <param name="inputColumnName">The text column.</param>
    /// <param name="lastBlocks">How many blocks of the backbone are trained.</param>
    public static FineTuneEstimator FineTuneText(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, Backbone backbone,
        string labelColumnName = "Label", string inputColumnName = "Text", int lastBlocks = 2) =>
        catalog.FineTuneText(backbone, Simple(labelColumnName, lastBlocks), new TextEmbeddingOptions { InputColumnName = inputColumnName, Normalize = false });

    /// <summary>Trains a text backbone and a binary head together.</summary>
    /// <param name="catalog">The catalog of binary trainers.</param>
    /// <param name="backbone">The text backbone.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="text">How texts are read and features delivered.</param>
    public static FineTuneEstimator FineTuneText(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, Backbone backbone, FineTuneOptions options,
        TextEmbeddingOptions text)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return FineTune(MlNetInternals.GetEnvironment(catalog), backbone, Form(text), FineTuneTask.Binary, options);
    }

    /// <summary>Trains the last blocks of a text backbone and a regression head together.</summary>
    /// <param name="catalog">The catalog of regression trainers.</param>
    /// <param name="backbone">The text backbone.</param>
    /// <param name="labelColumnName">The label, Single.</param>
    /// <param name="inputColumnName">The text column.</param>
    /// <param name="lastBlocks">How many blocks of the backbone are trained.</param>
    public static FineTuneEstimator FineTuneText(this RegressionCatalog.RegressionTrainers catalog, Backbone backbone,
        string labelColumnName = "Label", string inputColumnName = "Text", int lastBlocks = 2) =>
        catalog.FineTuneText(backbone, Simple(labelColumnName, lastBlocks), new TextEmbeddingOptions { InputColumnName = inputColumnName, Normalize = false });

    /// <summary>Trains a text backbone and a regression head together.</summary>
    /// <param name="catalog">The catalog of regression trainers.</param>
    /// <param name="backbone">The text backbone.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="text">How texts are read and features delivered.</param>
    public static FineTuneEstimator FineTuneText(this RegressionCatalog.RegressionTrainers catalog, Backbone backbone, FineTuneOptions options, TextEmbeddingOptions text)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return FineTune(MlNetInternals.GetEnvironment(catalog), backbone, Form(text), FineTuneTask.Regression, options);
    }

    /// <summary>Trains a backbone that reads vectors of numbers and a multiclass head together.</summary>
    /// <param name="catalog">The catalog of multiclass trainers.</param>
    /// <param name="backbone">The backbone.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="tensors">Which columns are read and how features are delivered.</param>
    public static FineTuneEstimator FineTuneTensor(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, Backbone backbone, FineTuneOptions options,
        TensorEmbeddingOptions tensors)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return FineTune(MlNetInternals.GetEnvironment(catalog), backbone, Form(tensors), FineTuneTask.Multiclass, options);
    }

    /// <summary>Trains a backbone that reads vectors of numbers and a binary head together.</summary>
    /// <param name="catalog">The catalog of binary trainers.</param>
    /// <param name="backbone">The backbone.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="tensors">Which columns are read and how features are delivered.</param>
    public static FineTuneEstimator FineTuneTensor(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, Backbone backbone, FineTuneOptions options,
        TensorEmbeddingOptions tensors)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return FineTune(MlNetInternals.GetEnvironment(catalog), backbone, Form(tensors), FineTuneTask.Binary, options);
    }

    /// <summary>Trains a backbone that reads vectors of numbers and a regression head together.</summary>
    /// <param name="catalog">The catalog of regression trainers.</param>
    /// <param name="backbone">The backbone.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="tensors">Which columns are read and how features are delivered.</param>
    public static FineTuneEstimator FineTuneTensor(this RegressionCatalog.RegressionTrainers catalog, Backbone backbone, FineTuneOptions options, TensorEmbeddingOptions tensors)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return FineTune(MlNetInternals.GetEnvironment(catalog), backbone, Form(tensors), FineTuneTask.Regression, options);
    }

    internal static FineTuneOptions Simple(string labelColumnName, int lastBlocks) =>
        new() { LabelColumnName = labelColumnName, Freezing = FreezingPlan.LastBlocks(lastBlocks) };

    internal static FineTuneEstimator FineTune(Microsoft.ML.Runtime.IHostEnvironment environment, Backbone backbone, EmbeddingForm form, FineTuneTask task, FineTuneOptions options)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(options);
        return new FineTuneEstimator(environment, backbone, form, task, options);
    }

    internal static EmbeddingForm Form(TextEmbeddingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        TextStep Step(Microsoft.ML.Runtime.IHostEnvironment env, Backbone backbone) => new(Embedding.EmbeddingPlan.Make(env, "FineTuneText", backbone, options), options);
        return new EmbeddingForm("FineTuneText", Step, (env, backbone) => new TextEmbeddingTransformer(env,
            new TextStep(Embedding.EmbeddingPlan.Make(env, TextStep.Name, backbone, options), options), options));
    }

    internal static EmbeddingForm Form(TensorEmbeddingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        TensorStep Step(Microsoft.ML.Runtime.IHostEnvironment env, Backbone backbone) => new(Embedding.EmbeddingPlan.Make(env, "FineTuneTensor", backbone, options), options);
        return new EmbeddingForm("FineTuneTensor", Step, (env, backbone) => new TensorEmbeddingTransformer(env,
            new TensorStep(Embedding.EmbeddingPlan.Make(env, TensorStep.Name, backbone, options), options), options));
    }
}
