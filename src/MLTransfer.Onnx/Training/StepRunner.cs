using MLTransfer.Onnx.Internal;
using MLTransfer.Onnx.Training.Graphs;

namespace MLTransfer.Onnx.Training;

/// <summary>
/// One step: the gradient summed over micro-batches, the pull to the start weights, the check that all is finite, clipping, the update. Where something is not finite the weights and the
/// optimizer stay as they were. Large vectors are gone through in parts by several threads, with the same outcome whatever their number. Allocates nothing itself. Not thread-safe.
/// </summary>
internal sealed class StepRunner : IDisposable
{
    // Sums of squares are added up part by part; the parts depend on the layout alone, so the norm does not depend on the number of threads.
    private const int NumbersPerPart = 1 << 16;

    // Estimated: an update of a part should take several times as long as handing it to another thread.
    private const int PartsPerThread = 2;

    private readonly ITrainingProblem _problem;
    private readonly ParameterLayout _layout;
    private readonly TrainingOptions _options;
    private readonly BatchPlanner _planner;
    private readonly ParameterUpdater _updater;
    private readonly float[] _start;
    private readonly float[] _gradient;
    private readonly double[] _squares;
    private readonly bool[] _finite;
    private readonly int _threadCount;
    private readonly StepWorkers _workers;
    private readonly Action<int> _sumSquares;
    private readonly Action<int> _checkNumbers;
    private readonly Action<int> _update;
    private float[] _parameters = [];
    private UpdateSettings _settings;

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
        int parts = (layout.Length - 1) / NumbersPerPart + 1;
        _threadCount = Math.Clamp(parts / PartsPerThread, 1, options.ThreadCount ?? Environment.ProcessorCount);
        _squares = new double[parts];
        _finite = new bool[_threadCount];
        _workers = new StepWorkers(_threadCount);
        _sumSquares = SumSquares;
        _checkNumbers = CheckNumbers;
        _update = Update;
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
            double norm = Norm(epoch);
            if (!double.IsFinite(norm) || !double.IsFinite(loss))
                throw NotFinite(loss, step, epoch, learningRate);
            scale = GradientNorm.ClipFactor(norm, limit);
        }
        else if (!double.IsFinite(loss) || !IsFinite(epoch))
        {
            throw NotFinite(loss, step, epoch, learningRate);
        }
        _parameters = parameters;
        _settings = new UpdateSettings(epoch, learningRate, _options.WeightDecay, _options.L2Sp is not null, scale);
        _updater.Count(epoch);
        _workers.Run(_threadCount, _update);
        return new StepOutcome(loss, weight);
    }

    public void Dispose() => _workers.Dispose();

    private double Norm(int epoch)
    {
        _settings = new UpdateSettings(epoch, 0);
        _workers.Run(_threadCount, _sumSquares);
        double sum = 0;
        foreach (double squares in _squares)
            sum += squares;
        return Math.Sqrt(sum);
    }

    private bool IsFinite(int epoch)
    {
        _settings = new UpdateSettings(epoch, 0);
        _workers.Run(_threadCount, _checkNumbers);
        return !_finite.AsSpan().Contains(false);
    }

    private void SumSquares(int thread)
    {
        for (int part = _squares.Length * thread / _threadCount; part < _squares.Length * (thread + 1) / _threadCount; part++)
            _squares[part] = GradientNorm.SumOfSquares(_layout, _settings.Epoch, _gradient, part * NumbersPerPart, Math.Min((part + 1) * NumbersPerPart, _layout.Length));
    }

    private void CheckNumbers(int thread)
    {
        (int start, int end) = _layout.Part(thread, _threadCount);
        _finite[thread] = GradientNorm.IsFinite(_layout, _settings.Epoch, _gradient, start, end);
    }

    private void Update(int thread)
    {
        (int start, int end) = _layout.Part(thread, _threadCount);
        _updater.Update(start, end, _parameters, _gradient, _settings);
    }

    private Exception NotFinite(double loss, long step, int epoch, double learningRate) => Throw.NotFiniteStep(
        loss, GradientNorm.Measure(_layout, epoch, _gradient), GradientNorm.FirstNonFinite(_layout, epoch, _gradient), step, epoch, learningRate, _options);
}
