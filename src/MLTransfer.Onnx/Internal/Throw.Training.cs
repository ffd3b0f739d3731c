using MLTransfer.Onnx.Training;
using MLTransfer.Onnx.Training.Losses;

namespace MLTransfer.Onnx.Internal;

internal static partial class Throw
{
    public static Exception TrainedTwice(string tensor) => new ArgumentException(
        $"Tensor '{tensor}' is listed twice among the tensors to train. Name each once; a weight that a graph uses in two places is one tensor whose gradients add up.");

    public static Exception LearningRateFactorInvalid(TrainedTensor tensor) => new ArgumentException(
        $"Tensor '{tensor.Name}' has the learning-rate factor {tensor.LearningRateFactor}; expected a finite number that is not negative.");

    public static Exception SeedMissing() => new ArgumentException(
        $"{nameof(TrainingOptions)}.{nameof(TrainingOptions.Seed)} is not set. Whoever trains draws one where the user gave none, because a run must be a function of its seed.");

    public static Exception NoTrainingRows(int rowCount) => new ArgumentException(rowCount == 0
        ? "There are no training rows. Give at least one, and look whether a filter, a missing label or the held-out fraction took them all."
        : $"None of the {rowCount} training rows has a weight above 0, so there is nothing to learn from. Check the weight column and the weights of classes.");

    public static Exception RowWeightInvalid(int row, double weight) => new ArgumentException(
        $"Training row {row} (the first is 0) has the weight {Text(weight)}; expected a finite number that is not negative. Check the weight column and the weights of classes.");

    public static Exception NothingToTrain() => new ArgumentException("No tensor is trained: everything is frozen. Name at least one tensor, or free a part of the model.");

    public static Exception StartLength(int found, int expected) => new ArgumentException(
        $"The start weights are {found} numbers, but the layout of what is trained has {expected}. Take the vector from the same layout.");

    public static Exception StartNotFinite(TrainedTensor tensor) => new ArgumentException(
        $"Tensor '{tensor.Name}' holds infinities or NaN before any training. Check the file that it was read from.");

    public static Exception NotFiniteStep(double loss, double norm, TrainedTensor? tensor, long step, int epoch, double learningRate, TrainingOptions options) =>
        new NotFiniteNumberException(
            $"Training broke down in step {step + 1} (epoch {epoch + 1}): the loss is {Text(loss)} and the norm of the gradient is {Text(norm)}" +
            (tensor is null ? ", although every gradient is finite" : $"; the first tensor whose gradient is not finite is '{tensor.Name}'") +
            $". The learning rate was {Text(learningRate)}. The weights are as they were before this step. {Advice(options)}", double.IsFinite(loss) ? norm : loss);

    public static Exception NotFiniteWeights(TrainedTensor tensor, int epoch, TrainingOptions options) => new NotFiniteNumberException(
        $"Training broke down in epoch {epoch + 1}: tensor '{tensor.Name}' holds infinities or NaN after its last step. {Advice(options)}", double.NaN);

    public static Exception NotFiniteHeldOut(HeldOut quality, int epoch, TrainingOptions options) => new NotFiniteNumberException(
        $"After epoch {epoch + 1} the rows held out have the loss {Text(quality.Loss)}" +
        (quality.Metric is double metric ? $" and the metric {Text(metric)}" : "") + $"; both must be finite to choose the best weights. {Advice(options)}", quality.Loss);

    public static Exception NothingHeldOut() => new ArgumentException(
        $"{nameof(TrainingOptions)}.{nameof(TrainingOptions.EarlyStopping)} is set, but no rows are held out to stop by. " +
        $"Set {nameof(TrainingOptions.HeldOutFraction)} above 0, give validation rows, or leave {nameof(TrainingOptions.EarlyStopping)} null.");

    public static Exception MetricMissing() => new ArgumentException(
        $"{nameof(TrainingOptions)}.{nameof(TrainingOptions.SelectionCriterion)} is {nameof(SelectionCriterion.Metric)}, but this trainer measures only the loss. " +
        $"Set it to {nameof(SelectionCriterion.Loss)}.");

    public static Exception NoDescent(double minimumRate, double maximumRate) => new InvalidOperationException(
        $"No learning rate between {Text(minimumRate)} and {Text(maximumRate)} lowers the loss. Start the sweep at a smaller rate; if that is no help, check labels and features, " +
        "or whether the start weights are already a minimum.");

    public static Exception SweepInvalid(double minimumRate, double maximumRate) => new ArgumentException(
        $"The sweep of learning rates goes from {Text(minimumRate)} to {Text(maximumRate)}; expected finite numbers above 0, the first below the second.");

    public static Exception LossWidths(TrainingLoss loss, int prediction, int target, int expected) => new ArgumentException(
        $"{loss} reads a prediction of {prediction} columns with a target of {expected}, but the target has {target}. Give targets of {expected} columns for each row, or choose the slices of a {nameof(CombinedLoss)} so.");

    public static Exception TermOutside(LossTerm term, string what, int end, int width) => new ArgumentException(
        $"The term {term} reads columns of the {what} up to {end - 1} (the first is 0), but the {what} has {width}. Correct the term's slice or its weight column.");

    public static Exception ColumnsWithoutTerm(int end, int width) => new ArgumentException(
        $"The prediction has {width} columns, but no term of the {nameof(CombinedLoss)} reads those from {end} on (the first is 0). Give them a term, or predict fewer columns.");

    public static Exception NoTerms() => new ArgumentException($"A {nameof(CombinedLoss)} has no terms. Give at least one.");

    public static Exception NestedCombination() => new ArgumentException(
        $"A term of a {nameof(CombinedLoss)} is a {nameof(CombinedLoss)} itself. List its terms in the outer one, with their slices counted from the outer prediction and target.");

    public static Exception SchedulesDiffer(int column, TermSchedule first, TermSchedule second) => new ArgumentException(
        $"Two terms have their weights in column {column} of the target, but one is scheduled as {first} and the other as {second}. Give each its own column.");

    public static Exception WholeBatchCut(int microBatch) => new InvalidOperationException(
        $"This loss compares the rows of a batch with each other, but a step came in parts (micro-batch {microBatch + 1}). Ask for all rows of a step at once.");

    public static Exception WholeBatchAccumulated(TrainingOptions options) => new ArgumentException(
        $"This loss compares the rows of a batch with each other, so a step cannot be accumulated from {options.AccumulationCount} batches. " +
        $"Set {nameof(TrainingOptions)}.{nameof(TrainingOptions.AccumulationCount)} to 1 and {nameof(TrainingOptions.BatchSize)} to as many rows as shall be compared.");

    public static Exception WholeBatchOfUnequalLengths(int shortest, int longest) => new ArgumentException(
        $"This loss compares the rows of a batch with each other, but this model has no mask, so rows of unequal lengths (here {shortest} to {longest}) cannot be run together. " +
        "Cut or fill the rows to one length, or choose a loss that looks at each row alone.");

    public static Exception WholeBatchOverBudget(int rows, int longest, int budget) => new ArgumentException(
        $"This loss compares the rows of a batch with each other, so a batch is one run, but {rows} rows of up to {longest} units are {(long)rows * longest} places and {budget} fit into memory at a time. " +
        $"Set {nameof(TrainingOptions)}.{nameof(TrainingOptions.BatchSize)} to {Math.Max(1, budget / longest)} or less, or shorten the longest rows.");

    public static Exception CheckpointFolderMissing(string path, string folder) => new DirectoryNotFoundException(
        $"The checkpoint '{path}' cannot be written: there is no folder '{folder}'. Make it, or choose another {nameof(TrainingOptions.CheckpointPath)}.");

    public static Exception NoCheckpoint(string path) => new InvalidDataException(
        $"'{path}' is no checkpoint of a training, so it is neither read nor overwritten. Choose another {nameof(TrainingOptions.CheckpointPath)}, or remove the file.");

    public static Exception CheckpointVersion(string path, int found, int expected) => new InvalidDataException(
        $"The checkpoint '{path}' has format {found}; this version of MLTransfer reads format {expected}. Finish the training with the version that began it, or remove the file to begin again.");

    public static Exception CheckpointDamaged(string path) => new InvalidDataException(
        $"The checkpoint '{path}' is damaged or was cut short: its checksum does not match. Remove it to begin the training again, or put back a whole copy.");

    public static Exception CheckpointOfAnotherRun(string path, (string Name, string File, string Now)[] differences)
    {
        const int shown = 3;
        string list = string.Join("; ", differences.Take(shown).Select(d => $"{d.Name}: {d.File} in the file, {d.Now} now"));
        string more = differences.Length > shown ? $"; and {differences.Length - shown} more" : "";
        return new InvalidDataException(
            $"The checkpoint '{path}' is of another training ({list}{more}). Train with the same options and data to go on with it, remove it to begin again, " +
            $"or choose another {nameof(TrainingOptions.CheckpointPath)}.");
    }

    private static string Text(double number) => number.ToString("G6", System.Globalization.CultureInfo.InvariantCulture);

    private static string Advice(TrainingOptions options) =>
        $"Try a learning rate below {Text(options.LearningRate)}" +
        (options.GradientClipNorm is null
            ? $", set {nameof(TrainingOptions.GradientClipNorm)} (1 is usual)"
            : $", a {nameof(TrainingOptions.GradientClipNorm)} below {Text(options.GradientClipNorm.Value)}") +
        ", and check the features and labels for NaN, infinities and very large numbers.";
}
