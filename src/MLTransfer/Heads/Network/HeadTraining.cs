using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML.Runtime;
using MLTransfer.Distillation;
using MLTransfer.Heads.Linear;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training;
using MLTransfer.Onnx.Training.Graphs;

namespace MLTransfer.Heads.Network;

/// <summary>Trains a head of any architecture on features that lie in memory.</summary>
/// <param name="step">Who trains, for messages.</param>
/// <param name="architecture">The head's layers.</param>
/// <param name="scaling">How features are scaled while training.</param>
/// <param name="options">How to train; its seed is set.</param>
/// <param name="channel">Told of the outcome.</param>
internal sealed class HeadTraining(string step, HeadArchitecture architecture, FeatureScaling scaling, TrainingOptions options, IChannel channel)
{
    private int Seed => options.Seed!.Value;

    /// <summary>Trains on the rows.</summary>
    /// <param name="rows">The features; they are scaled in place.</param>
    /// <param name="targets">What is learnt.</param>
    /// <param name="minimumStepCount">Steps at least: epochs are added until there are as many.</param>
    /// <param name="thresholdFoldCount">Of labels: the folds by which thresholds are tuned, 1 for the rows held out, 0 for none.</param>
    public TrainedHead Fit(TrainingRows rows, HeadTargets targets, int minimumStepCount, int thresholdFoldCount)
    {
        if (rows.SkippedCount > 0)
            Warn($"{step} skipped {rows.SkippedCount} rows whose label is missing.");
        if (targets.Weights.All(w => w == 0))
            throw Internal.Throw.ClassWeightsAllZero();
        (int[] training, int[] heldOut) = HeldOutRows.Divide(targets.RowCount, options.HeldOutFraction, Seed, targets.Strata);
        if (heldOut.Length == 0 && options.HeldOutFraction > 0 && options.EarlyStopping is null)
            Warn($"{step}: {options.HeldOutFraction} of the rows were to be held out, but no class has enough rows for one; the last weights are kept.");
        if (thresholdFoldCount == 1 && heldOut.Length == 0)
            throw Internal.Throw.ThresholdsWithoutHeldOut(step);
        Workers workers = new(options.ThreadCount ?? Environment.ProcessorCount);
        double total = rows.Weights.Sum();
        FeatureStandard standard = FeatureStandard.Of(rows.Features, [.. rows.Weights.Select(w => w / total)], scaling, workers);
        standard.Apply(rows.Features, workers);

        HeadNetwork start = HeadNetwork.Create(architecture, rows.Features.Columns, targets.Width, Seed);
        var run = new Run(step, start, new AlignedRows(rows.Features), targets);

        TrainingOptions enough = options with { EpochCount = Epochs(training.Count(row => targets.Weights[row] > 0), minimumStepCount) };
        Outcome outcome = run.Train(training, heldOut, enough, options.CheckpointPath is null ? "" : Fingerprint(rows.Features, targets), heldOut);
        Tell(outcome.Result, targets, rows.Features.Columns, start);
        HeadOutput output = targets.Output;
        if (output is MultilabelOutput labels && thresholdFoldCount > 0)
            output = labels with { Thresholds = Thresholds(run, targets, enough, thresholdFoldCount, heldOut, outcome) };
        return new TrainedHead(outcome.Network.ForRawFeatures(standard.Means, standard.Factors).ForRawLabels(targets.LabelMean, targets.LabelScale), output, outcome.Result);
    }

    private int Epochs(int rowCount, int minimumStepCount)
    {
        long rowsPerStep = (long)options.BatchSize * options.AccumulationCount;
        long stepsPerEpoch = Math.Max(1, (rowCount + rowsPerStep - 1) / rowsPerStep);
        return (int)Math.Max(options.EpochCount, (minimumStepCount + stepsPerEpoch - 1) / stepsPerEpoch);
    }

    /// <summary>Tunes thresholds on logits of rows that were not trained on.</summary>
    private ImmutableArray<float> Thresholds(Run run, HeadTargets targets, TrainingOptions enough, int foldCount, int[] heldOut, Outcome outcome)
    {
        var logits = new List<float>();
        var rows = new List<int>();
        if (foldCount == 1)
        {
            logits.AddRange(outcome.Logits);
            rows.AddRange(heldOut);
        }
        else
        {
            // As many folds as there are rows, at most; each row is predicted once by a head that did not see it.
            int[] folds = StratifiedFolds.Deal(new int[targets.RowCount], Math.Min(foldCount, targets.RowCount), Seed);
            for (int fold = 0; fold < foldCount && !options.CancellationToken.IsCancellationRequested; fold++)
            {
                int[] tested = [.. Enumerable.Range(0, folds.Length).Where(i => folds[i] == fold)];
                int[] others = [.. Enumerable.Range(0, folds.Length).Where(i => folds[i] != fold)];
                if (tested.Length == 0 || others.All(i => targets.Weights[i] == 0))
                    continue;
                // The held-out rows of a fold's training come from its own rows, by the same share.
                (int[] training, int[] watched) = HeldOutRows.Divide(others.Length, options.HeldOutFraction, Seed, targets.Strata.Length == 0 ? [] : [.. others.Select(i => targets.Strata[i])]);
                Outcome part = run.Train([.. training.Select(i => others[i])], [.. watched.Select(i => others[i])], enough with { Progress = null, CheckpointPath = null }, "", tested);
                if (part.Result.End == TrainingEnd.Cancelled)
                    break;
                logits.AddRange(part.Logits);
                rows.AddRange(tested);
            }
        }
        if (rows.Count == 0)
        {
            Warn($"{step}: no rows were predicted to tune thresholds on, because it was cancelled or has one row only; each threshold is {LabelThresholds.Neutral}.");
            return ((MultilabelOutput)targets.Output).Thresholds;
        }
        int width = targets.Width;
        float[] labels = [.. rows.SelectMany(row => Enumerable.Range(row * width, width)).Select(i => targets.Values[i])];
        float[] thresholds = LabelThresholds.Tune(CollectionsMarshal.AsSpan(logits), labels, width);
        Tell($"{step}: thresholds from {thresholds.Min():G3} to {thresholds.Max():G3}, tuned on {rows.Count} rows that were not trained on.");
        return [.. thresholds];
    }

    private static string Fingerprint(AlignedMatrix features, HeadTargets targets)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int row = 0; row < features.Rows; row++)
            hash.AppendData(MemoryMarshal.AsBytes(features.Row(row)));
        hash.AppendData(MemoryMarshal.AsBytes(targets.Values.AsSpan()));
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{targets.Loss}"));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private void Tell(TrainingResult result, HeadTargets targets, int featureCount, HeadNetwork network)
    {
        if (result.End == TrainingEnd.Cancelled)
            Warn($"{step} was cancelled after {result.StepCount} steps; the head is the best so far.");
        EpochRecord? kept = result.History.Count == 0 ? null : result.History[result.BestEpoch ?? result.History.Count - 1];
        string heldOut = kept?.HeldOutLoss is double loss ? string.Create(CultureInfo.InvariantCulture, $", held-out loss {loss:G5}, {targets.MetricName} {kept.Metric:G4}") : "";
        Tell(string.Create(CultureInfo.InvariantCulture,
            $"{step}: {targets.RowCount} rows, {featureCount} features, {network.Parameters.Sum(p => p.Values.Length)} weights; {result.StepCount} steps in {result.History.Count} epochs, training loss {kept?.TrainingLoss:G5}{heldOut}."));
    }

    private void Warn(string message) => channel.Warning(MessageSensitivity.None, "{0}", message);

    private void Tell(string message) => channel.Info(MessageSensitivity.None, "{0}", message);

    /// <summary>The head after a training, and its logits of rows asked for.</summary>
    private sealed record Outcome(HeadNetwork Network, TrainingResult Result, float[] Logits);

    /// <summary>Trainings of one graph on different rows.</summary>
    private sealed class Run(string step, HeadNetwork start, IRowStore features, HeadTargets targets)
    {
        private readonly TrainingGraph _graph = Graph(step, start, targets);

        public Outcome Train(int[] training, int[] heldOut, TrainingOptions options, string fingerprint, int[] predicted)
        {
            var layout = new ParameterLayout(start.Trained().Concat(targets.Match?.Trained() ?? []));
            float[] first = layout.Allocate();
            start.WriteTo(first, layout);
            targets.Match?.Projection?.WriteTo(first, layout, FeatureMatch.Prefix);
            var source = new RowSource(HeadNetwork.Features, features, [start.FeatureCount]);
            var data = new TrainingData
            {
                Sources = [source, .. start.DropoutSources("", isTraining: true)],
                EvaluationSources = [source, .. start.DropoutSources("", isTraining: false)],
                Targets = targets.Store,
                Width = targets.PredictionWidth,
                TargetWidth = targets.StoredWidth,
                Weights = targets.Weights,
                TrainingRows = training,
                HeldOutRows = heldOut,
                Metric = targets.Metric,
            };
            data = ScheduledTargets.Of(data, _graph.Target, targets.Loss, options);
            using var problem = new GraphProblem(_graph, layout, data, HeadNetwork.Logits, threadCount: options.ThreadCount);
            TrainingResult result = TrainingLoop.Run(problem, layout, first, options, dataFingerprint: fingerprint);
            float[] logits = predicted.Length == 0 ? [] : problem.Predict(predicted, result.Parameters, CancellationToken.None).Predictions;
            return new Outcome(start.ReadFrom(result.Parameters, layout), result, logits);
        }

        private static TrainingGraph Graph(string step, HeadNetwork start, HeadTargets targets)
        {
            var builder = new GraphBuilder("head");
            OnnxDimension rows = "rows";
            string features = builder.Input(HeadNetwork.Features, OnnxElementType.Float, rows, start.FeatureCount);
            string logits = start.Append(builder, features, rows, prefix: "", isTraining: true);
            string prediction = targets.Match?.Append(builder, logits, start.LastHidden(""), rows) ?? logits;
            OnnxModel model = builder.Output(prediction, OnnxElementType.Float, rows, targets.PredictionWidth).Build();
            string[] trained = [.. start.Trained().Concat(targets.Match?.Trained() ?? []).Select(t => t.Name)];
            return TrainingGraph.Of(model, prediction, targets.PredictionWidth, trained, targets.Loss, step, targetWidth: targets.StoredWidth);
        }
    }
}
