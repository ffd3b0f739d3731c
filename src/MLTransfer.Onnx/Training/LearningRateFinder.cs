using System.Diagnostics;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Training;

/// <summary>
/// Learning-rate range test (Smith 2017, "Cyclical learning rates for training neural networks"): the rate rises by a constant factor in each step while the loss is watched. The suggested
/// rate is where the smoothed loss falls most steeply over the logarithm of the rate. Loss is smoothed by an exponential mean with corrected bias, as fastai's lr_find does.
/// </summary>
internal static class LearningRateFinder
{
    // The sweep ends where the smoothed loss is this many times the smallest, fastai's rule.
    private const double Explosion = 4;

    /// <summary>Sweeps. The start weights are not changed.</summary>
    /// <param name="problem">Rows and gradients.</param>
    /// <param name="layout">Where each tensor lies. Those that are frozen in epoch 0 stay frozen.</param>
    /// <param name="start">Start weights in that layout.</param>
    /// <param name="options">
    /// Batch size, optimizer, decay, clipping and seed; rate, schedule and epochs play no part. Its progress is told of each step, with the smoothed loss.
    /// </param>
    /// <param name="minimumRate">First rate.</param>
    /// <param name="maximumRate">Last rate.</param>
    /// <param name="stepCount">Steps, 3 or above.</param>
    /// <param name="smoothing">Share of the old mean in the smoothed loss, from 0 to below 1.</param>
    /// <exception cref="ArgumentException">Rates that do not rise, or a problem that cannot be trained.</exception>
    /// <exception cref="InvalidOperationException">No rate lowers the loss.</exception>
    /// <exception cref="NotFiniteNumberException">The loss is not finite at the start weights.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public static LearningRateSweep Find(
        ITrainingProblem problem, ParameterLayout layout, float[] start, TrainingOptions options,
        double minimumRate = 1e-7, double maximumRate = 10, int stepCount = 100, double smoothing = 0.9)
    {
        if (!(minimumRate > 0) || !(maximumRate > minimumRate) || double.IsInfinity(maximumRate))
            throw Throw.SweepInvalid(minimumRate, maximumRate);
        ArgumentOutOfRangeException.ThrowIfLessThan(stepCount, 3);
        if (smoothing is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, "Smoothing must be 0 or above, and below 1.");
        if (layout.ParameterCount == 0)
            throw Throw.NothingToTrain();
        if (start.Length != layout.Length)
            throw Throw.StartLength(start.Length, layout.Length);

        BatchPlanner planner = new(problem, options);
        float[] parameters = layout.Allocate();
        start.CopyTo(parameters, 0);
        using StepRunner runner = new(problem, layout, options, planner, ParameterUpdater.Create(options.Optimizer, layout), start);
        List<double> rates = [];
        List<double> losses = [];
        int[] plan = [];
        var clock = Stopwatch.StartNew();
        long rows = 0;
        double mean = 0;
        double smallest = double.PositiveInfinity;
        for (int step = 0; step < stepCount; step++)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            int stepInPass = step % planner.StepsPerEpoch;
            if (stepInPass == 0)
                plan = planner.Plan(step / planner.StepsPerEpoch);
            double rate = minimumRate * Math.Pow(maximumRate / minimumRate, step / (stepCount - 1.0));
            double loss;
            try
            {
                ReadOnlySpan<int> batch = planner.StepRows(plan, stepInPass);
                rows += batch.Length;
                // Always epoch 0 for the layout: a sweep unfreezes nothing.
                loss = runner.Run(parameters, batch, step, epoch: 0, rate).Loss;
            }
            catch (NotFiniteNumberException) when (step > 0)
            {
                break;
            }
            mean = smoothing * mean + (1 - smoothing) * loss;
            double smoothed = mean / (1 - Math.Pow(smoothing, step + 1));
            smallest = Math.Min(smallest, smoothed);
            double seconds = Math.Max(clock.Elapsed.TotalSeconds, 1e-9);
            options.Progress?.Report(new TrainingProgress(
                1 + step / planner.StepsPerEpoch, step + 1, stepCount, smoothed, null, null, rate, rows / seconds, TimeSpan.FromSeconds(seconds / (step + 1) * (stepCount - step - 1))));
            if (smoothed > Explosion * smallest)
                break;
            rates.Add(rate);
            losses.Add(smoothed);
        }
        return new LearningRateSweep(SteepestDescent(rates, losses) ?? throw Throw.NoDescent(minimumRate, maximumRate), rates, losses);
    }

    /// <summary>The rate where the loss falls most, or null where it falls nowhere. The rates are even in the logarithm, so differences of the loss are slopes up to one factor.</summary>
    private static double? SteepestDescent(List<double> rates, List<double> losses)
    {
        double steepest = 0;
        double? found = null;
        for (int i = 1; i + 1 < losses.Count; i++)
        {
            double slope = losses[i + 1] - losses[i - 1];
            if (slope < steepest)
                (steepest, found) = (slope, rates[i]);
        }
        return found;
    }
}
