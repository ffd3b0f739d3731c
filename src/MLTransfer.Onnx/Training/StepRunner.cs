using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Training;

/// <summary>
/// One step: the gradient summed over micro-batches, the pull to the start weights, the check that all is finite, clipping, the update. Where something is not finite the weights and the
/// optimizer stay as they were. Allocates nothing itself.
/// </summary>
internal sealed class StepRunner
{
    private readonly ITrainingProblem _problem;
    private readonly ParameterLayout _layout;
    private readonly TrainingOptions _options;
    private readonly BatchPlanner _planner;
    private readonly ParameterUpdater _updater;
    private readonly float[] _start;
    private readonly float[] _gradient;

    /// <param name="problem">Rows and gradients.</param>
    /// <param name="layout">Where each tensor lies.</param>
    /// <param name="options">Decay, clipping, pull and seed.</param>
    /// <param name="planner">Cuts the rows of a step into micro-batches.</param>
    /// <param name="updater">The optimizer.</param>
    /// <param name="start">θ₀ of L2-SP; not changed.</param>
    public StepRunner(ITrainingProblem problem, ParameterLayout layout, TrainingOptions options, BatchPlanner planner, ParameterUpdater updater, float[] start)
    {
        _problem = problem;
        _layout = layout;
        _options = options;
        _planner = planner;
        _updater = updater;
        _start = start;
        _gradient = layout.Allocate();
    }

    /// <summary>Makes one step and changes the parameters in place.</summary>
    /// <param name="parameters">θ, in pinned memory.</param>
    /// <param name="rows">All rows of the step, at least one.</param>
    /// <param name="step">Updates so far.</param>
    /// <param name="epoch">Decides which tensors are still frozen.</param>
    /// <param name="learningRate">The rate of this step.</param>
    /// <exception cref="NotFiniteNumberException">Loss or gradient is not finite.</exception>
    public StepOutcome Run(float[] parameters, ReadOnlySpan<int> rows, long step, int epoch, double learningRate)
    {
        double weight = 0;
        foreach (int row in rows)
            weight += _problem.WeightOf(row);
        _gradient.AsSpan().Clear();
        double loss = 0;
        int microBatch = 0;
        for (int first = 0; first < rows.Length; microBatch++)
        {
            int count = _planner.MicroBatch(rows[first..]);
            StepInfo info = new(step, epoch, microBatch, _options.Seed!.Value, weight);
            loss += _problem.Gradient(rows.Slice(first, count), info, parameters, _gradient);
            first += count;
        }
        if (_options.L2Sp is double strength)
            PullToStart.Add(_layout, epoch, strength, parameters, _start, _gradient);

        double scale = 1;
        if (_options.GradientClipNorm is double limit)
        {
            double norm = GradientNorm.Measure(_layout, epoch, _gradient);
            if (!double.IsFinite(norm) || !double.IsFinite(loss))
                throw NotFinite(loss, step, epoch, learningRate);
            scale = GradientNorm.ClipFactor(norm, limit);
        }
        else if (!double.IsFinite(loss) || GradientNorm.FirstNonFinite(_layout, epoch, _gradient) is not null)
        {
            throw NotFinite(loss, step, epoch, learningRate);
        }
        _updater.Step(parameters, _gradient, new UpdateSettings(epoch, learningRate, _options.WeightDecay, _options.L2Sp is not null, scale));
        return new StepOutcome(loss, weight);
    }

    private Exception NotFinite(double loss, long step, int epoch, double learningRate) => Throw.NotFiniteStep(
        loss, GradientNorm.Measure(_layout, epoch, _gradient), GradientNorm.FirstNonFinite(_layout, epoch, _gradient), step, epoch, learningRate, _options);
}
