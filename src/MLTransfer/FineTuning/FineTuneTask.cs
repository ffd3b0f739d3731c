using Microsoft.ML;
using MLTransfer.Heads;
using MLTransfer.Heads.Network;

namespace MLTransfer.FineTuning;

/// <summary>What fine-tuning does for one of ML.NET's tasks: labels in, columns out.</summary>
internal sealed class FineTuneTask
{
    private readonly Func<string, DataViewSchema.Column, TargetOptions, int, HeadLabels> _read;
    private readonly Func<string, SchemaShape, string, SchemaShape> _promise;
    private readonly Action<TargetOptions, string> _check;

    private FineTuneTask(string name, Func<string, DataViewSchema.Column, TargetOptions, int, HeadLabels> read, Func<string, SchemaShape, string, SchemaShape> promise,
        Action<TargetOptions, string> check)
    {
        Name = name;
        _read = read;
        _promise = promise;
        _check = check;
    }

    public static FineTuneTask Multiclass { get; } = new("multiclass", (step, label, options, features) => new MulticlassLabels(step, label, options, features), MulticlassLabels.Promise,
        (options, step) => options.CheckForClasses(step));

    public static FineTuneTask Binary { get; } = new("binary", (step, label, options, _) => new BinaryLabels(step, label, options), BinaryLabels.Promise,
        (options, step) => options.CheckForClasses(step));

    public static FineTuneTask Regression { get; } = new("regression", (step, label, options, _) => new RegressionLabels(step, label, options), RegressionLabels.Promise,
        (options, step) => options.CheckForRegression(step));

    /// <summary>Its name for messages.</summary>
    public string Name { get; }

    /// <summary>Refuses options that make no sense for the task.</summary>
    public void Check(string step, FineTuneOptions options) => _check(Targets(options), step);

    /// <summary>The label column, to be read.</summary>
    public HeadLabels Read(string step, DataViewSchema schema, FineTuneOptions options, int featureCount) =>
        _read(step, HeadSchema.Find(step, schema, options.LabelColumnName), Targets(options), featureCount);

    /// <summary>The label column, to be read.</summary>
    public HeadLabels Read(string step, DataViewSchema schema, string labelColumnName, TargetOptions targets, int featureCount) =>
        _read(step, HeadSchema.Find(step, schema, labelColumnName), targets, featureCount);

    /// <summary>The columns that are added behind the features.</summary>
    public SchemaShape Promise(string step, SchemaShape input, FineTuneOptions options) => _promise(step, input, options.LabelColumnName);

    /// <summary>The columns that are added.</summary>
    public SchemaShape Promise(string step, SchemaShape input, string labelColumnName) => _promise(step, input, labelColumnName);

    /// <summary>Refuses settings of targets that make no sense for the task.</summary>
    public void Check(string step, TargetOptions targets) => _check(targets, step);

    private static TargetOptions Targets(FineTuneOptions options) => new(null, options.ClassWeights, options.LabelSmoothing);
}
