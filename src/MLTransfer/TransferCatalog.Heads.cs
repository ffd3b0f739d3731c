using Microsoft.ML;
using MLTransfer.Schema;

namespace MLTransfer;

#pragma warning disable RS0026 // Overloads with optional parameters: each catalog of trainers has one, and a call is always on one catalog.
public static partial class TransferCatalog
{
    /// <summary>Multinomial logistic regression on features, its strength of regularisation chosen by held-out rows unless it is given.</summary>
    /// <param name="catalog">The catalog of multiclass trainers.</param>
    /// <param name="labelColumnName">The label: a key, or a vector of class probabilities.</param>
    /// <param name="featureColumnName">The features, <c>Vector&lt;Single, D&gt;</c>.</param>
    /// <param name="weightColumnName">The weight of each row, or null.</param>
    /// <param name="regularization">λ, or null to have it chosen; see <see cref="LinearHeadOptions.Regularization"/>.</param>
    public static MulticlassLinearHead LinearHead(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label", string featureColumnName = "Features", string? weightColumnName = null, double? regularization = null) =>
        catalog.LinearHead(LinearOptions(labelColumnName, featureColumnName, weightColumnName, regularization));

    /// <summary>Multinomial logistic regression on features.</summary>
    /// <param name="catalog">The catalog of multiclass trainers.</param>
    /// <param name="options">How it is trained.</param>
    public static MulticlassLinearHead LinearHead(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, LinearHeadOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new MulticlassLinearHead(MlNetInternals.GetEnvironment(catalog), options);
    }

    /// <summary>Logistic regression on features, its strength of regularisation chosen by held-out rows unless it is given.</summary>
    /// <param name="catalog">The catalog of binary trainers.</param>
    /// <param name="labelColumnName">The label: Boolean, or the probability of true.</param>
    /// <param name="featureColumnName">The features, <c>Vector&lt;Single, D&gt;</c>.</param>
    /// <param name="weightColumnName">The weight of each row, or null.</param>
    /// <param name="regularization">λ, or null to have it chosen; see <see cref="LinearHeadOptions.Regularization"/>.</param>
    public static BinaryLinearHead LinearHead(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        string labelColumnName = "Label", string featureColumnName = "Features", string? weightColumnName = null, double? regularization = null) =>
        catalog.LinearHead(LinearOptions(labelColumnName, featureColumnName, weightColumnName, regularization));

    /// <summary>Logistic regression on features.</summary>
    /// <param name="catalog">The catalog of binary trainers.</param>
    /// <param name="options">How it is trained.</param>
    public static BinaryLinearHead LinearHead(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, LinearHeadOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new BinaryLinearHead(MlNetInternals.GetEnvironment(catalog), options);
    }

    /// <summary>Ridge regression on features, its strength of regularisation chosen by held-out rows unless it is given.</summary>
    /// <param name="catalog">The catalog of regression trainers.</param>
    /// <param name="labelColumnName">The label, Single.</param>
    /// <param name="featureColumnName">The features, <c>Vector&lt;Single, D&gt;</c>.</param>
    /// <param name="weightColumnName">The weight of each row, or null.</param>
    /// <param name="regularization">λ, or null to have it chosen; see <see cref="LinearHeadOptions.Regularization"/>.</param>
    public static RegressionLinearHead LinearHead(this RegressionCatalog.RegressionTrainers catalog,
        string labelColumnName = "Label", string featureColumnName = "Features", string? weightColumnName = null, double? regularization = null) =>
        catalog.LinearHead(LinearOptions(labelColumnName, featureColumnName, weightColumnName, regularization));

    /// <summary>Ridge regression on features.</summary>
    /// <param name="catalog">The catalog of regression trainers.</param>
    /// <param name="options">How it is trained.</param>
    public static RegressionLinearHead LinearHead(this RegressionCatalog.RegressionTrainers catalog, LinearHeadOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new RegressionLinearHead(MlNetInternals.GetEnvironment(catalog), options);
    }

    private static LinearHeadOptions LinearOptions(string label, string features, string? weight, double? regularization) =>
        new() { LabelColumnName = label, FeatureColumnName = features, WeightColumnName = weight, Regularization = regularization };
}
