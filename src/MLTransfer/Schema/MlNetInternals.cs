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

    /// <summary>What <c>MLContext.GpuDeviceId</c> and <c>MLContext.FallbackToCpu</c> say, through the internal <c>IHostEnvironmentInternal</c>.</summary>
    public static (int? GpuDeviceId, bool FallbackToCpu) GetDevice(IHostEnvironment env)
    {
        Type? host = env.GetType().GetInterfaces().FirstOrDefault(i => i.Name == "IHostEnvironmentInternal");
        PropertyInfo device = host?.GetProperty("GpuDeviceId") ?? throw Missing(env.GetType(), "IHostEnvironmentInternal.GpuDeviceId");
        PropertyInfo fallback = host.GetProperty("FallbackToCpu") ?? throw Missing(env.GetType(), "IHostEnvironmentInternal.FallbackToCpu");
        return ((int?)device.GetValue(env), (bool)fallback.GetValue(env)!);
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

    /// <summary>Which column ML.NET's binary scorer compares with which threshold.</summary>
    public static (string Column, float Threshold) GetThreshold(ITransformer binary)
    {
        const BindingFlags inner = BindingFlags.Instance | BindingFlags.NonPublic;
        FieldInfo column = binary.GetType().GetField("ThresholdColumn", inner) ?? throw Missing(binary.GetType(), "ThresholdColumn");
        FieldInfo threshold = binary.GetType().GetField("Threshold", inner) ?? throw Missing(binary.GetType(), "Threshold");
        return ((string)column.GetValue(binary)!, (float)threshold.GetValue(binary)!);
    }

    /// <summary>The columns that a step of ML.NET makes, each of one other; null for a step of another kind.</summary>
    public static (string Output, string Input)[]? GetColumnPairs(ITransformer step)
    {
        if (step is not OneToOneTransformerBase)
            return null;
        FieldInfo pairs = typeof(OneToOneTransformerBase).GetField("ColumnPairs", BindingFlags.Instance | BindingFlags.NonPublic)
            ?? throw Missing(typeof(OneToOneTransformerBase), "ColumnPairs");
        return ((string, string)[])pairs.GetValue(step)!;
    }

    /// <summary>The columns that a concatenating step makes, each of several others.</summary>
    public static (string Output, string[] Inputs)[] GetConcatenated(ColumnConcatenatingTransformer step)
    {
        PropertyInfo columns = typeof(ColumnConcatenatingTransformer).GetProperty("Columns", BindingFlags.Instance | BindingFlags.NonPublic)
            ?? throw Missing(typeof(ColumnConcatenatingTransformer), "Columns");
        return [.. (IEnumerable<(string, string[])>)columns.GetValue(step)!];
    }

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

    /// <summary>
    /// Which loader reads the step that <paramref name="context"/> saves. <paramref name="modelSignature"/> has exactly eight characters,
    /// <paramref name="loaderSignature"/> at most 24. <paramref name="assemblyName"/> is a simple name: a full name with a higher version than the
    /// installed one would not load.
    /// </summary>
    public static void SetVersionInfo(ModelSaveContext context, string modelSignature, uint version, string assemblyName, string loaderSignature)
    {
        ConstructorInfo constructor = VersionInfoConstructor
            ?? throw Missing(typeof(ModelSaveContext), "VersionInfo(string, uint, uint, uint, string, string, string)");
        MethodInfo method = SetVersionInfoMethod ?? throw Missing(typeof(ModelSaveContext), "SetVersionInfo");
        object?[] arguments = [modelSignature, version, version, version, assemblyName, loaderSignature, null];
        object info = constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);
        method.Invoke(context, BindingFlags.DoNotWrapExceptions, null, [info], null);
    }

    /// <summary>Writes an entry of the archive beside the step's own.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    public static extern void SaveBinaryStream(ModelSaveContext context, string name, Action<BinaryWriter> action);

    /// <summary>Reads an entry beside the step's own. False where there is none.</summary>
    /// <param name="context">A <c>ModelLoadContext</c>, a type that is internal.</param>
    /// <param name="name">The entry's name in the step's directory.</param>
    /// <param name="read">Reads the entry's bytes; its base stream can seek and knows its length.</param>
    public static bool TryLoadBinaryStream(object context, string name, Action<BinaryReader> read)
    {
        ArgumentNullException.ThrowIfNull(context);
        MethodInfo method = context.GetType().GetMethod("TryLoadBinaryStream", [typeof(string), typeof(Action<BinaryReader>)])
            ?? throw Missing(context.GetType(), "TryLoadBinaryStream");
        return (bool)method.Invoke(context, BindingFlags.DoNotWrapExceptions, null, [name, read], null)!;
    }

    /// <summary>
    /// The directory of the archive that a <c>ModelLoadContext</c> reads from, such as "TransformerChain/Step_000"; empty for its root.
    /// </summary>
    public static string GetDirectory(object context)
    {
        ArgumentNullException.ThrowIfNull(context);
        FieldInfo field = context.GetType().GetField("Directory") ?? throw Missing(context.GetType(), "Directory");
        return (string?)field.GetValue(context) ?? "";
    }

    /// <summary>The internal attribute by which an assembly declares a loader of models, for an assembly that cannot carry it.</summary>
    public static Attribute LoadableClass(Type instance, Type loader, string description, string loaderSignature)
    {
        Assembly core = typeof(ComponentCatalog).Assembly;
        Type attribute = core.GetType("Microsoft.ML.LoadableClassAttribute") ?? throw Missing(typeof(ComponentCatalog), "LoadableClassAttribute");
        Type signature = core.GetType("Microsoft.ML.SignatureLoadModel") ?? throw Missing(typeof(ComponentCatalog), "SignatureLoadModel");
        Type[] parameters = [typeof(Type), typeof(Type), typeof(Type), typeof(Type), typeof(string), typeof(string[])];
        ConstructorInfo constructor = attribute.GetConstructor(parameters)
            ?? throw Missing(attribute, ".ctor(Type, Type, Type, Type, string, string[])");
        return (Attribute)constructor.Invoke(
            BindingFlags.DoNotWrapExceptions, null, [instance, loader, null, signature, description, new[] { loaderSignature }], null);
    }

    private static readonly MethodInfo? SetVersionInfoMethod =
        typeof(ModelSaveContext).GetMethod("SetVersionInfo", BindingFlags.Instance | BindingFlags.NonPublic);

    private static readonly ConstructorInfo? VersionInfoConstructor = SetVersionInfoMethod?.GetParameters()[0].ParameterType.GetConstructor(
        [typeof(string), typeof(uint), typeof(uint), typeof(uint), typeof(string), typeof(string), typeof(string)]);

    private static MissingMemberException Missing(Type type, string member) => new(
        $"{type.FullName} of {type.Assembly.GetName().Name} {type.Assembly.GetName().Version} has no member '{member}', which MLTransfer needs. " +
        "This version of ML.NET is not supported; use Microsoft.ML 5.0.1 or a newer MLTransfer.");
}
