using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLTransfer.FineTuning;
using MLTransfer.Schema;

namespace MLTransfer;

#pragma warning disable RS0026 // Overloads with optional parameters: each catalog of trainers has one, and a call is always on one catalog.
public static partial class TransferCatalog
{
    /// <summary>A student of a multiclass teacher. Rows without a label (a missing key) learn from the teacher alone.</summary>
    /// <param name="catalog">The catalog of multiclass trainers.</param>
    /// <param name="teacher">Whose scores are taught.</param>
    /// <param name="student">Who learns. Default: layers on the column "Features".</param>
    /// <param name="labelColumnName">The label: a key, or a vector of class probabilities.</param>
    /// <param name="temperature">T of <see cref="DistillationLoss.Hinton"/>, above 0.</param>
    /// <param name="cacheFolder">Where the teacher's outputs are kept between runs; null for nowhere.</param>
    public static DistilledEstimator Distilled(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, Teacher teacher, Student? student = null,
        string labelColumnName = "Label", double temperature = 2, string? cacheFolder = null) => catalog.Distilled(Taught(teacher, student, labelColumnName, temperature, cacheFolder));

    /// <summary>A student of a multiclass teacher.</summary>
    /// <param name="catalog">The catalog of multiclass trainers.</param>
    /// <param name="options">Who teaches, who learns, and what is minimised.</param>
    /// <exception cref="ArgumentException">Options that do not go together.</exception>
    public static DistilledEstimator Distilled(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, DistilledOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return Distil(MlNetInternals.GetEnvironment(catalog), FineTuneTask.Multiclass, options);
    }

    /// <summary>A student of a binary teacher. Of a Single label, rows of NaN learn from the teacher alone.</summary>
    /// <param name="catalog">The catalog of binary trainers.</param>
    /// <param name="teacher">Whose scores are taught.</param>
    /// <param name="student">Who learns. Default: layers on the column "Features".</param>
    /// <param name="labelColumnName">The label: Boolean, or the probability of true.</param>
    /// <param name="temperature">T of <see cref="DistillationLoss.Hinton"/>, above 0.</param>
    /// <param name="cacheFolder">Where the teacher's outputs are kept between runs; null for nowhere.</param>
    public static DistilledEstimator Distilled(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, Teacher teacher, Student? student = null,
        string labelColumnName = "Label", double temperature = 2, string? cacheFolder = null) => catalog.Distilled(Taught(teacher, student, labelColumnName, temperature, cacheFolder));

    /// <summary>A student of a binary teacher.</summary>
    /// <param name="catalog">The catalog of binary trainers.</param>
    /// <param name="options">Who teaches, who learns, and what is minimised.</param>
    /// <exception cref="ArgumentException">Options that do not go together.</exception>
    public static DistilledEstimator Distilled(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, DistilledOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return Distil(MlNetInternals.GetEnvironment(catalog), FineTuneTask.Binary, options);
    }

    /// <summary>A student of a teacher that estimates a quantity. Rows whose label is NaN learn from the teacher alone.</summary>
    /// <param name="catalog">The catalog of regression trainers.</param>
    /// <param name="teacher">Whose scores are taught.</param>
    /// <param name="student">Who learns. Default: layers on the column "Features".</param>
    /// <param name="labelColumnName">The label, Single.</param>
    /// <param name="cacheFolder">Where the teacher's outputs are kept between runs; null for nowhere.</param>
    public static DistilledEstimator Distilled(this RegressionCatalog.RegressionTrainers catalog, Teacher teacher, Student? student = null, string labelColumnName = "Label",
        string? cacheFolder = null) => catalog.Distilled(Taught(teacher, student, labelColumnName, null, cacheFolder));

    /// <summary>A student of a teacher that estimates a quantity.</summary>
    /// <param name="catalog">The catalog of regression trainers.</param>
    /// <param name="options">Who teaches, who learns, and what is minimised.</param>
    /// <exception cref="ArgumentException">Options that do not go together.</exception>
    public static DistilledEstimator Distilled(this RegressionCatalog.RegressionTrainers catalog, DistilledOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return Distil(MlNetInternals.GetEnvironment(catalog), FineTuneTask.Regression, options);
    }

    private static DistilledEstimator Distil(IHostEnvironment environment, FineTuneTask task, DistilledOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new DistilledEstimator(environment, task, options);
    }

    private static DistilledOptions Taught(Teacher teacher, Student? student, string labelColumnName, double? temperature, string? cacheFolder)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        DistilledOptions options = new() { Teacher = teacher, LabelColumnName = labelColumnName, CacheFolder = cacheFolder };
        if (student is not null)
            options = options with { Student = student };
        return temperature is double t ? options with { Losses = [DistillationLoss.Hard(), DistillationLoss.Hinton(t)] } : options;
    }
}
