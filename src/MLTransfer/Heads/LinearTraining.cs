using System.Numerics.Tensors;
using Microsoft.ML.Runtime;
using MLTransfer.Heads.Linear;

namespace MLTransfer.Heads;

/// <summary>A fitted linear head for raw features.</summary>
internal sealed record LinearSolution(float[][] Weights, float[] Biases);

/// <summary>What the three linear heads share once their rows are read: the choice of a strength, the fit, and the way back to raw features.</summary>
internal sealed class LinearTraining(string step, LinearHeadOptions options, int seed, IChannel channel)
{
    // Above this, one fold of five measures the loss as well as five folds choose by.
    private const int RowsForAllFolds = 2000;

    // Products of one look at all rows (rows × axes × outputs), above which five folds at ten strengths take minutes: 1,500 rows of 150 classes on 1,500 axes are beyond it.
    private const long ProductsForAllFolds = 100_000_000;

    /// <param name="rows">Features and weights; the features are destroyed.</param>
    /// <param name="loss">The loss of the rows.</param>
    /// <param name="strata">Class of each row, or all the same.</param>
    /// <param name="factors">Class weight of each row, or null: they count in the loss, not in the scaling of features.</param>
    /// <param name="scale">Factor of the scores, where targets were scaled.</param>
    public LinearSolution Train(TrainingRows rows, LinearLoss loss, int[] strata, double[]? factors = null, double scale = 1)
    {
        if (rows.SkippedCount > 0)
            Warn($"{step} skipped {rows.SkippedCount} rows whose label is missing.");
        double[] rowWeights = Shares(rows.Weights);
        double[] weights = factors is null ? rowWeights : Shares([.. rows.Weights.Zip(factors, (w, f) => w * f)]);
        Workers workers = new(options.ThreadCount ?? Environment.ProcessorCount);
        FeatureBasis basis = FeatureBasis.Create(rows.Features, rowWeights, options.FeatureScaling, workers);
        LinearObjective objective = new(basis.Rows, loss, workers);
        RegularizationPath path = new(objective, loss, weights);

        (double strength, double? heldOut) = options.Regularization is double given ? (given, null) : Choose(path, strata, weights, (long)basis.Rows.Rows * objective.AxisCount * objective.OutputCount);
        path.UseAllRows();
        LinearFit fit = new LinearSolver(objective).Minimize(path.Start(), strength, options.Tolerance, options.MaximumIterations,
            (iteration, value) => Report(HeadTrainingStage.Step, iteration, strength, value, null), options.CancellationToken);
        if (options.CancellationToken.IsCancellationRequested)
            Warn($"{step} was cancelled after {fit.IterationCount} steps; the head is the best so far.");
        else if (!fit.Converged)
            Warn($"{step} stopped at MaximumIterations = {options.MaximumIterations} before it reached Tolerance = {options.Tolerance:G3}.");
        Tell($"{step}: {rows.Features.Rows} rows, {basis.FeatureCount} features, regularization {strength:G3}, loss {fit.Loss:G6} after {fit.IterationCount} steps.");
        Report(HeadTrainingStage.Finished, fit.IterationCount, strength, fit.Loss, heldOut);

        int axes = objective.AxisCount, outputs = objective.OutputCount;
        // A softmax does not see a common shift of its biases; without this its value would depend on the solver's path.
        Span<double> biases = fit.Parameters.AsSpan(outputs * axes);
        if (outputs > 1)
            TensorPrimitives.Subtract(biases, TensorPrimitives.Average<double>(biases), biases);
        var raw = Enumerable.Range(0, outputs).Select(k => basis.ToRaw(fit.Parameters.AsSpan(k * axes, axes), fit.Parameters[outputs * axes + k], scale)).ToArray();
        return new LinearSolution([.. raw.Select(r => r.Weights)], [.. raw.Select(r => r.Bias)]);
    }

    private static double[] Shares(double[] weights)
    {
        double total = weights.Sum();
        return total > 0 ? [.. weights.Select(w => w / total)] : throw Internal.Throw.ClassWeightsAllZero();
    }

    private (double Strength, double? HeldOutLoss) Choose(RegularizationPath path, int[] strata, double[] weights, long products)
    {
        RegularizationSearch search = options.RegularizationSearch ?? new RegularizationSearch();
        int largest = strata.GroupBy(s => s).Max(g => g.Count());
        int foldCount = Math.Min(search.FoldCount, largest);
        if (foldCount < 2)
        {
            Warn($"{step}: {(strata.Length == 1 ? "there is one row" : "no class has two rows")}, so nothing can be held out to choose the regularization by; {LinearHeadOptions.FewShotRegularization} is used.");
            return (LinearHeadOptions.FewShotRegularization, null);
        }
        int[] folds = StratifiedFolds.Deal(strata, foldCount, seed);
        // A fold whose rows all weigh nothing, or all of them that count, has no loss to compare.
        int[] usable = [.. Enumerable.Range(0, foldCount).Where(f => IsUsable(folds, weights, f))];
        int wanted = Math.Min(search.HeldOutFoldCount ?? (strata.Length > RowsForAllFolds || products > ProductsForAllFolds ? 1 : foldCount), usable.Length);
        if (wanted == 0)
        {
            Warn($"{step}: the rows that have a weight cannot be split to choose the regularization by; {LinearHeadOptions.FewShotRegularization} is used.");
            return (LinearHeadOptions.FewShotRegularization, null);
        }
        double[] strengths = search.Strengths();
        int tried = 0;
        List<double> losses = path.HeldOutLosses(strengths, folds, usable[..wanted], (strength, heldOut) =>
        {
            Tell($"{step}: regularization {strength:G3}, held-out loss {heldOut:G6}.");
            Report(HeadTrainingStage.StrengthTried, ++tried, strength, null, heldOut);
        }, options.CancellationToken);
        if (losses.Count == 0)
            return (LinearHeadOptions.FewShotRegularization, null);
        int best = losses.IndexOf(losses.Min());
        if (best == strengths.Length - 1 && strengths.Length > 1)
            Tell($"{step}: the weakest regularization of the search was best; a search with a smaller Weakest might find a better one.");
        return (strengths[best], losses[best]);
    }

    private static bool IsUsable(int[] folds, double[] weights, int fold)
    {
        double held = 0, training = 0;
        for (int i = 0; i < folds.Length; i++)
        {
            if (folds[i] == fold)
                held += weights[i];
            else
                training += weights[i];
        }
        return held > 0 && training > 0;
    }

    private void Warn(string message) => channel.Warning(MessageSensitivity.None, "{0}", message);

    private void Tell(string message) => channel.Info(MessageSensitivity.None, "{0}", message);

    private void Report(HeadTrainingStage stage, int iteration, double strength, double? loss, double? heldOut) =>
        options.Progress?.Report(new HeadTrainingProgress(stage, iteration, strength, loss, heldOut));
}
