using Microsoft.ML;
using MLTransfer.Schema;

namespace MLTransfer;

#pragma warning disable RS0026 // Overloads with optional parameters: each catalog of trainers has one, and a call is always on one catalog.
public static partial class TransferCatalog
{
    /// <summary>A multilayer perceptron on features, for classes.</summary>
    /// <param name="catalog">The catalog of multiclass trainers.</param>
    /// <param name="labelColumnName">The label: a key, or a vector of class probabilities.</param>
    /// <param name="featureColumnName">The features, <c>Vector&lt;Single, D&gt;</c>.</param>
    /// <param name="weightColumnName">The weight of each row, or null.</param>
    /// <param name="hiddenUnits">Units of each hidden layer; see <see cref="MlpHeadOptions.HiddenUnits"/>.</param>
    /// <param name="epochCount">Passes over the rows, exactly; null for the defaults of <see cref="MlpHeadOptions.Training"/> and <see cref="MlpHeadOptions.MinimumStepCount"/>.</param>
    public static MulticlassMlpHead MlpHead(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label", string featureColumnName = "Features", string? weightColumnName = null, IReadOnlyList<int>? hiddenUnits = null, int? epochCount = null) =>
        catalog.MlpHead(MlpOptions(labelColumnName, featureColumnName, weightColumnName, hiddenUnits, epochCount));

    /// <summary>A multilayer perceptron on features, for classes.</summary>
    /// <param name="catalog">The catalog of multiclass trainers.</param>
    /// <param name="options">Its layers and how it is trained.</param>
    /// <exception cref="ArgumentException">An option does not fit classes.</exception>
    public static MulticlassMlpHead MlpHead(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, MlpHeadOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new MulticlassMlpHead(MlNetInternals.GetEnvironment(catalog), options);
    }

    /// <summary>A multilayer perceptron on features, for labels of which a row may have any number.</summary>
    /// <param name="catalog">The catalog of multiclass trainers; ML.NET has none for this task.</param>
    /// <param name="labelColumnName">The label: a vector with a place for each label, 1 or true where it holds.</param>
    /// <param name="featureColumnName">The features, <c>Vector&lt;Single, D&gt;</c>.</param>
    /// <param name="weightColumnName">The weight of each row, or null.</param>
    /// <param name="hiddenUnits">Units of each hidden layer; see <see cref="MlpHeadOptions.HiddenUnits"/>.</param>
    /// <param name="epochCount">Passes over the rows, exactly; null for the defaults of <see cref="MlpHeadOptions.Training"/> and <see cref="MlpHeadOptions.MinimumStepCount"/>.</param>
    public static MultilabelMlpHead MultilabelMlpHead(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label", string featureColumnName = "Features", string? weightColumnName = null, IReadOnlyList<int>? hiddenUnits = null, int? epochCount = null) =>
        catalog.MultilabelMlpHead(MlpOptions(labelColumnName, featureColumnName, weightColumnName, hiddenUnits, epochCount));

    /// <summary>A multilayer perceptron on features, for labels of which a row may have any number.</summary>
    /// <param name="catalog">The catalog of multiclass trainers; ML.NET has none for this task.</param>
    /// <param name="options">Its layers and how it is trained.</param>
    /// <exception cref="ArgumentException">An option does not fit labels.</exception>
    public static MultilabelMlpHead MultilabelMlpHead(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, MlpHeadOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new MultilabelMlpHead(MlNetInternals.GetEnvironment(catalog), options);
    }

    /// <summary>A multilayer perceptron on features, for yes or no.</summary>
    /// <param name="catalog">The catalog of binary trainers.</param>
    /// <param name="labelColumnName">The label: Boolean, or the probability of true.</param>
    /// <param name="featureColumnName">The features, <c>Vector&lt;Single, D&gt;</c>.</param>
    /// <param name="weightColumnName">The weight of each row, or null.</param>
    /// <param name="hiddenUnits">Units of each hidden layer; see <see cref="MlpHeadOptions.HiddenUnits"/>.</param>
    /// <param name="epochCount">Passes over the rows, exactly; null for the defaults of <see cref="MlpHeadOptions.Training"/> and <see cref="MlpHeadOptions.MinimumStepCount"/>.</param>
    public static BinaryMlpHead MlpHead(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        string labelColumnName = "Label", string featureColumnName = "Features", string? weightColumnName = null, IReadOnlyList<int>? hiddenUnits = null, int? epochCount = null) =>
        catalog.MlpHead(MlpOptions(labelColumnName, featureColumnName, weightColumnName, hiddenUnits, epochCount));

    /// <summary>A multilayer perceptron on features, for yes or no.</summary>
    /// <param name="catalog">The catalog of binary trainers.</param>
    /// <param name="options">Its layers and how it is trained.</param>
    /// <exception cref="ArgumentException">An option does not fit yes and no.</exception>
    public static BinaryMlpHead MlpHead(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, MlpHeadOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new BinaryMlpHead(MlNetInternals.GetEnvironment(catalog), options);
    }

    /// <summary>A multilayer perceptron on features, for a quantity.</summary>
    /// <param name="catalog">The catalog of regression trainers.</param>
    /// <param name="labelColumnName">The label, Single.</param>
    /// <param name="featureColumnName">The features, <c>Vector&lt;Single, D&gt;</c>.</param>
    /// <param name="weightColumnName">The weight of each row, or null.</param>
    /// <param name="hiddenUnits">Units of each hidden layer; see <see cref="MlpHeadOptions.HiddenUnits"/>.</param>
    /// <param name="epochCount">Passes over the rows, exactly; null for the defaults of <see cref="MlpHeadOptions.Training"/> and <see cref="MlpHeadOptions.MinimumStepCount"/>.</param>
    public static RegressionMlpHead MlpHead(this RegressionCatalog.RegressionTrainers catalog,
        string labelColumnName = "Label", string featureColumnName = "Features", string? weightColumnName = null, IReadOnlyList<int>? hiddenUnits = null, int? epochCount = null) =>
        catalog.MlpHead(MlpOptions(labelColumnName, featureColumnName, weightColumnName, hiddenUnits, epochCount));

    /// <summary>A multilayer perceptron on features, for a quantity.</summary>
    /// <param name="catalog">The catalog of regression trainers.</param>
    /// <param name="options">Its layers and how it is trained.</param>
    /// <exception cref="ArgumentException">An option does not fit quantities.</exception>
    public static RegressionMlpHead MlpHead(this RegressionCatalog.RegressionTrainers catalog, MlpHeadOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new RegressionMlpHead(MlNetInternals.GetEnvironment(catalog), options);
    }

    private static MlpHeadOptions MlpOptions(string label, string features, string? weight, IReadOnlyList<int>? hiddenUnits, int? epochCount)
    {
        MlpHeadOptions options = new() { LabelColumnName = label, FeatureColumnName = features, WeightColumnName = weight };
        if (hiddenUnits is not null)
            options = options with { HiddenUnits = hiddenUnits };
        return epochCount is int count ? options with { MinimumStepCount = 0, Training = options.Training with { EpochCount = count } } : options;
    }
}
