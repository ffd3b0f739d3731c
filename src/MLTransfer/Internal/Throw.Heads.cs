using System.Globalization;

namespace MLTransfer.Internal;

internal static partial class Throw
{
    public static Exception TooManyTrainingValues(int rows, int columns) => new NotSupportedException(
        $"The training data is {rows} rows of {columns} numbers, which is more than one array can hold (2,147,483,591). Train on fewer rows or on shorter features.");

    public static Exception NoTrainingRows(string step, string labelColumn, long skipped) => new InvalidOperationException(skipped == 0
        ? $"{step} was given no training rows. Check what feeds it: a filter, a path, or an empty file."
        : $"{step} found no row to train on: the label column '{labelColumn}' is missing in all {skipped} rows. Check the step that makes the labels.");

    public static Exception OneClass(string step, string labelColumn, string found) => new InvalidOperationException(
        $"{step} needs rows of at least two classes, but every row of label column '{labelColumn}' is {found}. Check the labels, or how the rows were chosen.");

    public static Exception TooManyClasses(string step, string labelColumn, ulong found, ulong largest) => new ArgumentException(
        $"{step} reads label column '{labelColumn}' as a key, which may have {found} values; with these features at most {largest} classes fit into memory. " +
        "Make the key with Conversion.MapValueToKey, which counts only the values that occur, instead of by hashing.");

    public static Exception FeatureNotFinite(string step, string column, long row, int slot, float value) => new InvalidOperationException(
        $"{step} found {Number(value)} in feature column '{column}', row number {row}, slot index {slot}; expected finite numbers. " +
        "Replace or filter such rows first, for instance with ReplaceMissingValues or FilterRowsByMissingValues.");

    public static Exception WeightInvalid(string step, string column, long row, float value) => new InvalidOperationException(
        $"{step} found {Number(value)} in weight column '{column}', row number {row}; expected a finite number that is not negative. Correct the weights.");

    public static Exception WeightsAllZero(string step, string column) => new InvalidOperationException(
        $"{step} found no row with a weight above 0 in weight column '{column}'. At least one row must count.");

    public static Exception SoftLabelSum(string step, string column, long row, double sum) => new InvalidOperationException(
        $"{step} reads label column '{column}' as probabilities of classes, but those of row number {row} sum to {Number(sum)}; expected 1 (±0.001). Divide each row by its sum.");

    public static Exception SoftLabelRange(string step, string column, long row, float value) => new InvalidOperationException(
        $"{step} reads label column '{column}' as probabilities, but row number {row} holds {Number(value)}; expected a number from 0 to 1.");

    public static Exception LabelInfinite(string step, string column, long row, float value) => new InvalidOperationException(
        $"{step} found {Number(value)} in label column '{column}', row number {row}; expected a finite number. Correct or filter the row.");

    public static Exception ClassWeightUnknown(string name, IEnumerable<string> classes) => new ArgumentException(
        $"ClassWeights names class '{name}', but the label has {string.Join(", ", classes.Take(20).Select(c => $"'{c}'"))}. Use these names.");

    public static Exception ClassWeightsAllZero() => new ArgumentException(
        "ClassWeights give a weight of 0 to every class that has rows. At least one class must count.");

    public static Exception ClassWeightsWithoutClasses() => new ArgumentException(
        "ClassWeights was set for a regression head, whose label has no classes. Leave it at ClassWeights.None, or give rows a weight with WeightColumnName.");

    public static Exception RegularizationTwice() => new ArgumentException(
        "Both Regularization and RegularizationSearch are set. Set Regularization to fix the strength, or RegularizationSearch to have it chosen.");

    public static Exception KeyValuesUnsupported(string step, string column, string type) => new ArgumentException(
        $"{step} reads label column '{column}' as a key of {type} values, which it cannot save. Make the key from text or numbers, with Conversion.MapValueToKey.");

    public static Exception LabelVectorRange(string step, string column, long row, float value) => new InvalidOperationException(
        $"{step} reads label column '{column}' as yes and no for each label, but row number {row} holds {Number(value)}; expected 0, 1, or a probability between. " +
        "A count above 1 means that a row names a label twice: remove the repetition first.");

    public static Exception NoPositiveLabel(string step, string column, int rows) => new InvalidOperationException(
        $"{step} found no label that holds: all places of label column '{column}' are 0 in all {rows} rows. Check the step that makes the labels.");

    public static Exception LossOfAnotherTask(string step, HeadLoss loss, string label, string fitting) => new ArgumentException(
        $"{step} has {label} as its label, to which the loss {loss} does not fit. Use {fitting}, or leave Loss null.");

    public static Exception LabelSmoothingWithoutClasses(string step) => new ArgumentException(
        $"LabelSmoothing was set for {step}, whose label has no classes. Leave it at 0.");

    public static Exception FeatureSize(string column, int found, int expected) => new InvalidOperationException(
        $"The features of column '{column}' are Vector<Single, {found}>, but this head was fitted on Vector<Single, {expected}>. Fit it again, or apply the backbone it was fitted with.");

    public static Exception ThresholdsWithoutHeldOut(string step) => new ArgumentException(
        $"{step} is to tune thresholds on rows held out (ThresholdFoldCount = 1), but none are. Set Training.HeldOutFraction above 0, or ThresholdFoldCount to 2 or more for cross-validation.");

    public static Exception LabelCountsDiffer(string labelColumn, int labels, string predictedColumn, int predicted) => new ArgumentException(
        $"Label column '{labelColumn}' has {labels} places, but '{predictedColumn}' has {predicted}. Give the labels the places they had in training, by the same fitted MapValueToKey.");

    public static Exception NothingToEvaluate(string step, string labelColumn) => new InvalidOperationException(
        $"{step} found no row to measure: there are none, or label column '{labelColumn}' is missing in all of them.");

    public static Exception HeadWeightMissing(string name, IEnumerable<long> shape) => new InvalidDataException(
        $"The saved head has no weight '{name}' of shape [{string.Join(", ", shape)}], which its settings ask for. The file is damaged or was changed; save the model again.");

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
