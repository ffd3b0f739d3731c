using System.Globalization;

namespace MLTransfer.Internal;

internal static partial class Throw
{
    public static Exception TeacherNotRowToRow(string column) => new ArgumentException(
        $"The teacher with the column '{column}' does not map rows one to one: a step of it filters, shuffles or samples rows. Take such steps out of the teacher's chain.");

    public static Exception TeacherColumnType(string column, string type) => new NotSupportedException(
        $"The teacher reads column '{column}' of type {type}, whose content cannot be told apart for a cache on disk. Give the teacher paths or bytes of files instead, or set no CacheFolder.");

    public static Exception TeacherColumnMissing(string step, string column, IEnumerable<string> found) => new ArgumentException(
        $"{step}: the teacher adds no column '{column}'. After it there are: {string.Join(", ", found)}. Name the teacher's score or feature column when the Teacher is made.");

    public static Exception TeacherColumnNotScores(string step, string column, string type) => new ArgumentException(
        $"{step}: the teacher's column '{column}' is {type}; expected Single, or Vector<Single, K> of known size. Name the teacher's score or feature column when the Teacher is made.");

    public static Exception TeacherInput(string step, Exception inner) => new ArgumentException(
        $"{step}: the training rows do not fit the teacher: {inner.Message} The training data must have the columns that the teacher was fitted on; the student needs them only while it is fitted.", inner);

    public static Exception TeacherLeavesRowsOut(string step, int asked, int answered) => new InvalidOperationException(
        $"{step}: the teacher answered {answered} rows of {asked}. It must neither leave rows out nor add some; check its steps for RowErrorPolicy.SkipRow and filters.");

    public static Exception TeacherRowsChanged(string step, int before, int after) => new InvalidOperationException(
        $"{step}: the training data gave {before} rows when it was first read and {after} when it was read again. Cache it (mlContext.Data.Cache), or take shuffling and sampling out of it.");

    public static Exception TeacherNotFinite(string step, string column, int row, int slot, float value) => new InvalidOperationException(
        $"{step}: the teacher's column '{column}' holds {value.ToString(CultureInfo.InvariantCulture)} in row number {row}, slot index {slot}; expected finite numbers. Filter such rows first, or mend the teacher.");

    public static Exception TeacherClassCount(string step, string column, int found, int expected, string[]? names, IReadOnlyCollection<string> classes) => new ArgumentException(
        $"{step}: the teacher's column '{column}' has {found} numbers{(names is null ? "" : $" ({List(names)})")}, but the student has {expected}{(classes.Count == 0 ? "" : $" classes ({List(classes)})")}. " +
        "Teach with a model of the same classes, or give both the same label column.");

    public static Exception TeacherClasses(string step, string column, IReadOnlyCollection<string> onlyTeacher, IReadOnlyCollection<string> onlyStudent) => new ArgumentException(
        $"{step}: the teacher's column '{column}' and the student's label have other classes. Only the teacher has: {List(onlyTeacher)}. Only the student has: {List(onlyStudent)}. " +
        "Fit both on the same labels, or pass the teacher's class names as 'labels' where its own are spelled differently.");

    public static Exception TeacherNamesUnread(string step, string column) => new ArgumentException(
        $"{step}: class names were given for the teacher's column '{column}', but the label's classes have none to compare them with. " +
        "Make the label with Conversion.MapValueToKey, or leave 'labels' out where the scores are in the order of the label's keys.");

    public static Exception WeightedFeatures(string step) => new ArgumentException(
        $"{step}: the features of several teachers are taught side by side, so they cannot be weighted. Use TeacherWeighting.Fixed and the same weight for all members of FeatureTeacher.");

    public static Exception TeacherNotSaved(Exception inner) => new NotSupportedException(
        $"The teacher cannot be saved, so outputs on disk could not be told from those of another: {inner.Message} Give its custom steps a contract name, or set no CacheFolder.", inner);

    public static Exception LabelledRowsWeighNothing(string step, int rows) => new InvalidOperationException(
        $"{step} minimises a loss of labels, but all {rows} rows that have a label have the weight 0. Check the weights, or leave DistillationLoss.Hard out to learn from the teacher alone.");

    public static Exception TeacherProbability(string step, string column, int row, float value) => new InvalidOperationException(
        $"{step}: the teacher's column '{column}' was said to hold probabilities, but row number {row} holds {value.ToString(CultureInfo.InvariantCulture)}; expected a number from 0 to 1. " +
        "Use TeacherScores.Logits for raw scores.");

    public static Exception ConfidenceOfEstimates(string step) => new ArgumentException(
        $"{step}: a teacher's estimate of a quantity has no confidence to weigh it by. Use TeacherWeighting.Fixed.");

    public static Exception NothingLabelled(string step, string labelColumn, int rows) => new InvalidOperationException(
        $"{step} minimises a loss of labels, but the label column '{labelColumn}' is missing in all {rows} rows. Check the labels, or leave DistillationLoss.Hard out to learn from the teacher alone.");

    public static Exception DecoupledNeedsClasses(string step, int classes) => new ArgumentException(
        $"{step}: DistillationLoss.Decoupled compares the wrong classes among each other, so it needs 3 classes or more; here are {classes}. Use DistillationLoss.Hinton.");

    public static Exception LossOfOtherTask(string step, DistillationLoss loss, string task, string instead) => new ArgumentException(
        $"{step}: the loss {loss} is for {task}. Use DistillationLoss.{instead}.");

    public static Exception NothingTeachesScores(string step, IEnumerable<DistillationLoss> losses) => new ArgumentException(
        $"{step}: with the losses {string.Join(", ", losses)} nothing teaches the student's scores. Add DistillationLoss.Hard or one on the teacher's scores; to teach features alone use DistillBackbone.");

    public static Exception TeacherAndLosses(string step, string option, bool isGiven, string losses) => new ArgumentException(isGiven
        ? $"{step}: {option} is set, but no loss reads it. Add one on {losses}, or leave {option} out."
        : $"{step}: a loss on {losses} needs {option}, which is not set.");

    public static Exception FeaturesOfLinearStudent(string step) => new ArgumentException(
        $"{step}: a loss on features needs a student with features to train, but its head has no hidden layer. Give it HiddenUnits, or a backbone.");

    public static Exception StudentLoss(string loss) => new ArgumentException(
        $"A student's options have the loss {loss}; what a student minimises is said by DistilledOptions.Losses. Leave MlpHeadOptions.Loss out.");

    public static Exception LossWithoutHead(string step, DistillationLoss loss) => new ArgumentException(
        $"{step} teaches features, so the loss {loss} has nothing to act on. Use Cosine, Similarity, Hint, RelationalDistance or RelationalAngle, or train a head with Distilled.");

    public static Exception ModalitiesDiffer(string step, Backbone teacher, Backbone student) => new ArgumentException(
        $"{step}: teacher '{teacher.Name}' reads {teacher.Card.Modality}, student '{student.Name}' reads {student.Card.Modality}. Both must read the same column.");

    public static Exception ModalityNotTaught(string step, Backbone student) => new NotSupportedException(
        $"{step}: student '{student.Name}' reads {student.Card.Modality}. Text and tensors are taught here, pictures by DistillImageBackbone of MLTransfer.Images; sounds cannot be trained yet.");

    private static string List(IReadOnlyCollection<string> names) => names.Count == 0 ? "none" : string.Join(", ", names.Take(10).Select(n => $"'{n}'")) + (names.Count > 10 ? $" and {names.Count - 10} more" : "");

    /// <summary>
    /// ML.NET computes rows in threads of its own and hides what went wrong there in an error that says only that something did; this throws what went wrong.
    /// </summary>
    public static bool Unwrapped(Func<bool> moveNext)
    {
        try
        {
            return moveNext();
        }
        catch (InvalidOperationException e) when (e.InnerException is Exception inner && e.Message.StartsWith("Splitter/consolidator", StringComparison.Ordinal))
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(inner);
            throw;
        }
    }

    /// <summary>Says of an error of the teacher's that it is the teacher's.</summary>
    public static T AsTeacherError<T>(string step, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException and not ObjectDisposedException)
        {
            throw TeacherInput(step, e);
        }
    }
}
