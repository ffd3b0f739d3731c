namespace MLTransfer.Internal;

internal static partial class Throw
{
    public static Exception ComparisonWithoutRows(string column) => new ArgumentException(
        $"CompareWithAndWithout reads the labels from column '{column}', but the data has no rows. Check the path and the options of its loader.");

    public static Exception ComparisonNeedsClasses(string column, IReadOnlyList<string> found) => new ArgumentException(
        $"CompareWithAndWithout needs at least two classes, but label column '{column}' has {(found.Count == 0 ? "only missing values" : $"only '{found[0]}'")}. " +
        "Choose CompareOptions.LabelColumnName, or add rows of another class.");

    public static Exception ComparisonTooFewLabels(string name, int rows, int aside, int asked) => new ArgumentException(
        $"CompareWithAndWithout is asked for {asked} labels per class, but class '{name}' has {rows} rows" +
        (aside > 0 ? $", of which {aside} are put aside to measure on. " : ". ") +
        "Lower CompareOptions.LabelsPerClass" + (aside > 0 ? " or CompareOptions.TestFraction" : "") + ", add rows, or leave the class out.");

    public static Exception ComparisonTestClassUnknown(string column, string name) => new ArgumentException(
        $"CompareOptions.TestData has '{name}' in label column '{column}', which no training row has, so it cannot be learned. " +
        "Filter such rows out of the test data, or add training rows of the class.");

    public static Exception ComparisonTestUnlabelled(string column, int rows) => new ArgumentException(
        $"Label column '{column}' is missing in all {rows} rows of CompareOptions.TestData, so nothing can be measured on them. Give labelled rows.");

    public static Exception ComparisonTextMissing(string column, IEnumerable<string> found) => new ArgumentException(
        $"CompareWithAndWithout makes the features without transfer from text column '{column}', but the data has no such column. It has " +
        $"{string.Join(", ", found.Select(n => $"'{n}'"))}. Set CompareOptions.TextColumnName, or give the pipeline CompareOptions.Without.");

    public static Exception ComparisonFeaturesMissing(string side, string column, IEnumerable<string> found) => new ArgumentException(
        $"The pipeline {side} transfer delivers no column '{column}'. It delivers {string.Join(", ", found.Select(n => $"'{n}'"))}. " +
        "Name its output so, or set CompareOptions.FeatureColumnName.");

    public static Exception ComparisonFeaturesType(string side, string column, string found) => new ArgumentException(
        $"The pipeline {side} transfer delivers column '{column}' as {found}; expected a vector of Single of known size. Pool sequences, and convert other numbers.");

    public static Exception ComparisonRowsChanged(string side, int expected) => new InvalidOperationException(
        $"The pipeline {side} transfer was given {expected} rows and delivered another number. Filter rows before CompareWithAndWithout, not inside the pipelines.");

    public static Exception ComparisonScoreMissing(int classes, string found) => new ArgumentException(
        $"The trainer's model must deliver column 'Score' as a vector of {classes} Single, one for each class; found {found}. " +
        "CompareOptions.Trainer takes multiclass trainers.");
}
