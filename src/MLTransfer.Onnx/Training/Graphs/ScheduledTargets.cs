using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Training.Losses;

namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>
/// Targets [rows, Q] whose weight columns are multiplied by the factors that <see cref="LossTerm.Schedule"/> has in the step at hand; evaluation reads the targets without it. A function of row and step
/// alone, so a training that was killed goes on with the same numbers. Give a checkpoint the schedules in its fingerprint: the text of the loss has them.
/// </summary>
internal sealed class ScheduledTargets : IRowSource
{
    private readonly IRowSource _targets;
    private readonly ImmutableArray<(int Column, TermSchedule Schedule)> _schedules;
    private readonly int _width;
    private readonly long _stepCount;

    /// <param name="targets">The targets as they are; what it writes is written anew for each run.</param>
    /// <param name="width">Q.</param>
    /// <param name="loss">Which columns are weights, and their schedules.</param>
    /// <param name="stepCount">Steps of the whole training, 1 or above: <see cref="BatchPlanner.StepCount"/>.</param>
    public ScheduledTargets(IRowSource targets, int width, CombinedLoss loss, long stepCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stepCount, 1);
        _targets = targets;
        _width = width;
        _stepCount = stepCount;
        _schedules = [.. loss.Terms.Where(t => t.Schedule != TermSchedule.Constant).Select(t => (t.WeightColumn, t.Schedule)).Distinct()];
    }

    public string InputName => _targets.InputName;

    /// <summary>The data with its targets scheduled in training; as they are where the loss has no schedule.</summary>
    /// <param name="data">Rows, targets and weights.</param>
    /// <param name="target">The name of the target in the training graph.</param>
    /// <param name="loss">What is minimised.</param>
    /// <param name="options">Epochs and batch size, which tell the number of steps.</param>
    public static TrainingData Of(TrainingData data, string target, TrainingLoss loss, TrainingOptions options)
    {
        if (loss is not CombinedLoss combined || combined.Terms.All(t => t.Schedule == TermSchedule.Constant))
            return data;
        IRowSource targets = data.TrainingTargets ?? new RowSource(target, data.Targets, [data.TargetWidth]);
        // Without a row that counts there is no step; the loop says so.
        int counted = Math.Max(1, data.TrainingRows.Count(row => data.Weights[row] > 0));
        return data with { TrainingTargets = new ScheduledTargets(targets, data.TargetWidth, combined, BatchPlanner.StepCount(counted, options)) };
    }

    public RowTensor CreateTensor() => new Tensor(this);

    private sealed class Tensor(ScheduledTargets source) : RowTensor
    {
        private readonly RowTensor _inner = source._targets.CreateTensor();

        public override OrtValue Fill(ReadOnlySpan<int> rows, int longest, in StepInfo step)
        {
            OrtValue tensor = _inner.Fill(rows, longest, step);
            Span<float> values = tensor.GetTensorMutableDataAsSpan<float>();
            foreach ((int column, TermSchedule schedule) in source._schedules)
            {
                float factor = (float)schedule.Factor(step.Step, source._stepCount);
                for (int i = column; i < values.Length; i += source._width)
                    values[i] *= factor;
            }
            return tensor;
        }

        public override void Dispose()
        {
            _inner.Dispose();
            base.Dispose();
        }
    }
}
