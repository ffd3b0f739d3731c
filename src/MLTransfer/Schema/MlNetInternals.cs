using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace MLTransfer.Schema;

/// <summary>
/// The members of ML.NET that are closed to other assemblies and that a pipeline step cannot do without: all of them, in this one file.
/// Each has a unit test, so that an upgrade of ML.NET fails there and not at a user's.
/// </summary>
internal static class MlNetInternals
{
    /// <summary>The environment behind a catalog (<c>mlContext.Transforms</c>, <c>….Trainers</c>), through the internal <c>IInternalCatalog</c>.</summary>
    public static IHostEnvironment GetEnvironment(object catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        PropertyInfo? property = catalog.GetType().GetInterfaces().FirstOrDefault(i => i.Name == "IInternalCatalog")?.GetProperty("Environment");
        return property?.GetValue(catalog) as IHostEnvironment ?? throw Missing(catalog.GetType(), "IInternalCatalog.Environment");
    }

    /// <summary>A column of a <see cref="SchemaShape"/>, whose constructor is internal.</summary>
    public static SchemaShape.Column Column(
        string name, SchemaShape.Column.VectorKind kind, DataViewType itemType, bool isKey, SchemaShape? annotations = null) =>
        NewColumn(name, kind, itemType, isKey, annotations);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern SchemaShape.Column NewColumn(
        string name, SchemaShape.Column.VectorKind vecKind, DataViewType itemType, bool isKey, SchemaShape? annotations);

    /// <summary>Multinomial logistic regression with weights from elsewhere: one vector and one bias for each class.</summary>
    public static MaximumEntropyModelParameters MaximumEntropyModel(IHostEnvironment environment, VBuffer<float>[] weights, float[] biases, int featureCount, string[]? names) =>
        Construct<MaximumEntropyModelParameters>(
            [typeof(IHostEnvironment), typeof(VBuffer<float>[]), typeof(float[]), typeof(int), typeof(int), typeof(string[]), typeof(ModelStatisticsBase)],
            [environment, weights, biases, biases.Length, featureCount, names, null]);

    /// <summary>Logistic regression with weights from elsewhere. Its calibrator is the plain sigmoid, so Probability = 1 / (1 + exp(−Score)).</summary>
    public static CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator> LogisticModel(IHostEnvironment environment, float[] weights, float bias)
    {
        var linear = Construct<LinearBinaryModelParameters>(
            [typeof(IHostEnvironment), typeof(VBuffer<float>).MakeByRefType(), typeof(float), typeof(ModelStatisticsBase)],
            [environment, new VBuffer<float>(weights.Length, weights), bias, null]);
        var sigmoid = Construct<PlattCalibrator>([typeof(IHostEnvironment), typeof(double), typeof(double)], [environment, -1.0, 0.0]);
        Type type = typeof(CalibratedModelParametersBase).Assembly.GetType("Microsoft.ML.Calibrators.ParameterMixingCalibratedModelParameters`2")
            ?.MakeGenericType(typeof(LinearBinaryModelParameters), typeof(PlattCalibrator))
            ?? throw Missing(typeof(CalibratedModelParametersBase), "ParameterMixingCalibratedModelParameters");
        return (CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>)Construct(
            type, [typeof(IHostEnvironment), typeof(LinearBinaryModelParameters), typeof(PlattCalibrator)], [environment, linear, sigmoid]);
    }

    /// <summary>Linear regression with weights from elsewhere.</summary>
    public static LinearRegressionModelParameters LinearRegressionModel(IHostEnvironment environment, float[] weights, float bias) =>
        Construct<LinearRegressionModelParameters>(
            [typeof(IHostEnvironment), typeof(VBuffer<float>).MakeByRefType(), typeof(float)], [environment, new VBuffer<float>(weights.Length, weights), bias]);

    /// <summary>ML.NET's multiclass scorer around a model. The label column of the schema names the classes.</summary>
    public static MulticlassPredictionTransformer<TModel> MulticlassTransformer<TModel>(
        IHostEnvironment environment, TModel model, DataViewSchema schema, string featureColumn, string labelColumn)
        where TModel : class => Construct<MulticlassPredictionTransformer<TModel>>(
            [typeof(IHostEnvironment), typeof(TModel), typeof(DataViewSchema), typeof(string), typeof(string), typeof(string), typeof(string)],
            [environment, model, schema, featureColumn, labelColumn, "Score", "PredictedLabel"]);

    /// <summary>ML.NET's binary scorer around a model: PredictedLabel is true where Score is above 0.</summary>
    public static BinaryPredictionTransformer<TModel> BinaryTransformer<TModel>(IHostEnvironment environment, TModel model, DataViewSchema schema, string featureColumn)
        where TModel : class => Construct<BinaryPredictionTransformer<TModel>>(
            [typeof(IHostEnvironment), typeof(TModel), typeof(DataViewSchema), typeof(string), typeof(float), typeof(string)],
            [environment, model, schema, featureColumn, 0f, "Score"]);

    /// <summary>ML.NET's regression scorer around a model.</summary>
    public static RegressionPredictionTransformer<TModel> RegressionTransformer<TModel>(
        IHostEnvironment environment, TModel model, DataViewSchema schema, string featureColumn)
        where TModel : class => Construct<RegressionPredictionTransformer<TModel>>(
            [typeof(IHostEnvironment), typeof(TModel), typeof(DataViewSchema), typeof(string)], [environment, model, schema, featureColumn]);

    /// <summary>What a trainer says of itself: needs no normalisation, calibrates by itself or not at all, reads its data once.</summary>
    public static TrainerInfo TrainerInfo() => Construct<TrainerInfo>(
        [typeof(bool), typeof(bool), typeof(bool), typeof(bool), typeof(bool), typeof(bool)], [false, false, false, false, false, false]);

    // By reflection and not by UnsafeAccessor: .NET 8 knows no accessors for generic types, and one type here cannot be named.
    private static T Construct<T>(Type[] parameters, object?[] arguments) => (T)Construct(typeof(T), parameters, arguments);

    private static object Construct(Type type, Type[] parameters, object?[] arguments)
    {
        ConstructorInfo constructor = type.GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public, parameters)
            ?? throw Missing(type, $".ctor({string.Join(", ", parameters.Select(p => p.Name))})");
        return constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }

    private static MissingMemberException Missing(Type type, string member) => new(
        $"{type.FullName} of {type.Assembly.GetName().Name} {type.Assembly.GetName().Version} has no member '{member}', which MLTransfer needs. " +
        "This version of ML.NET is not supported; use Microsoft.ML 5.0.1 or a newer MLTransfer.");
}
