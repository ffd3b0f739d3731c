using System.Diagnostics;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Training;

/// <summary>
/// Trains the flat vector of parameters of an <see cref="ITrainingProblem"/>: epochs of steps, evaluation on rows held out, early stopping, checkpoints. Deterministic: the same problem,
/// layout, start and options give the same bytes on the same machine, however often the run was killed and begun again.
/// </summary>
internal sealed class TrainingLoop
{
    // A first step may be so slow, or the steps so many, that the estimate leaves the range of TimeSpan.
    private const double LongestTimeLeft = 1e9;

    private readonly ITrainingProblem _problem;
    private readonly ParameterLayout _layout;
    private readonly TrainingOptions _options;
    private readonly BatchPlanner _planner;
    private readonly TrainingState _state;
    private readonly float[] _start;
    private readonly string _configuration;
    private readonly long _stepCount;
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    // What this process has done, for its speed.
    private long _ownSteps;
    private long _ownRows;
    private TimeSpan _ownTime;

    private TrainingLoop(
        ITrainingProblem problem, ParameterLayout layout, float[] start, TrainingOptions options, int? lengthBudget, string dataFingerprint)
    {
        if (layout.ParameterCount == 0)
            throw Throw.NothingToTrain();
        if (start.Length != layout.Length)
            throw Throw.StartLength(start.Length, layout.Length);
        if (GradientNorm.FirstNonFinite(layout, int.MaxValue, start) is TrainedTensor tensor)
            throw Throw.StartNotFinite(tensor);
        _problem = problem;
        _layout = layout;
        _start = start;
        _options = options;
        _planner = new BatchPlanner(problem, options, lengthBudget);
        _stepCount = BatchPlanner.StepCount(_planner.RowCount, options);
        _state = new TrainingState(layout, options, start);
        _configuration = "";
        if (options.CheckpointPath is string path)
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is string folder && !Directory.Exists(folder))
                throw Throw.CheckpointFolderMissing(path, folder);
            _configuration = RunConfiguration.Describe(problem, layout, start, options, lengthBudget, dataFingerprint);
            Checkpoint.TryLoad(path, _configuration, _state);
        }
    }

    /// <summary>Trains, or goes on with a training that a checkpoint holds.</summary>
    /// <param name="problem">Rows and gradients.</param>
    /// <param name="layout">Where each tensor lies.</param>
    /// <param name="start">Start weights in that layout; not changed.</param>
    /// <param name="options">How to train. The seed must be set.</param>
    /// <param name="lengthBudget">Padded places (longest row × rows) of a micro-batch at most, to bound memory; null for no limit.</param>
    /// <param name="dataFingerprint">A hash of everything else that decides the outcome: graph, rows, labels. A checkpoint with another one is refused.</param>
    /// <exception cref="ArgumentException">No rows, nothing to train, no seed, or start weights that do not fit.</exception>
    /// <exception cref="NotFiniteNumberException">Loss, gradient, held-out loss or weights became infinite or NaN.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is damaged or of another run.</exception>
    public static TrainingResult Run(
        ITrainingProblem problem, ParameterLayout layout, float[] start, TrainingOptions options, int? lengthBudget = null, string dataFingerprint = "") =>
        new TrainingLoop(problem, layout, start, options, lengthBudget, dataFingerprint).Run();

    private TrainingResult Run()
    {
        using var runner = new StepRunner(_problem, _layout, _options, _planner, _state.Updater, _start);
        try
        {
            while (_state.Epoch < _options.EpochCount && !_state.HasStoppedEarly)
            {
                MakeSteps(runner);
                EndEpoch();
                Save();
            }
        }
        catch (OperationCanceledException) when (_options.CancellationToken.IsCancellationRequested)
        {
            // Between two steps, or in the evaluation after the last: the state is whole.
            Save();
            return Result(TrainingEnd.Cancelled);
        }
        return Result(_state.HasStoppedEarly ? TrainingEnd.StoppedEarly : TrainingEnd.EpochsDone);
    }

    private void MakeSteps(StepRunner runner)
    {
        int[] plan = _planner.Plan(_state.Epoch);
        while (_state.StepInEpoch < _planner.StepsPerEpoch)
        {
            _options.CancellationToken.ThrowIfCancellationRequested();
            TimeSpan began = _clock.Elapsed;
            ReadOnlySpan<int> rows = _planner.StepRows(plan, _state.StepInEpoch);
            double rate = LearningRate(_state.Step);
            StepOutcome outcome = runner.Run(_state.Parameters, rows, _state.Step, _state.Epoch, rate);
            _state.Average?.Update(_state.Parameters, _state.Step);
            _state.Step++;
            _state.StepInEpoch++;
            _state.EpochLoss += outcome.Loss * outcome.Weight;
            _state.EpochWeight += outcome.Weight;
            TimeSpan spent = _clock.Elapsed - began;
            _state.EpochSeconds += spent.TotalSeconds;
            _ownSteps++;
            _ownRows += rows.Length;
            _ownTime += spent;
            _options.Progress?.Report(Progress(outcome.Loss, null, rate));
            if (_options.CheckpointEverySteps is int every && _state.Step % every == 0)
                Save();
        }
    }

    private void EndEpoch()
    {
        if (GradientNorm.FirstNonFinite(_layout, int.MaxValue, _state.Parameters) is TrainedTensor tensor)
            throw Throw.NotFiniteWeights(tensor, _state.Epoch, _options);
        HeldOut? heldOut = _problem.Evaluate(_state.Current, _options.CancellationToken);
        if (heldOut is HeldOut quality)
            Judge(quality);
        else if (_options.EarlyStopping is not null)
            throw Throw.NothingHeldOut();
        double loss = _state.EpochLoss / _state.EpochWeight;
        double rate = LearningRate(_state.Step - 1);
        TrainingProgress progress = Progress(loss, heldOut, rate);
        _state.History.Add(new EpochRecord(_state.Epoch, loss, heldOut?.Loss, heldOut?.Metric, rate, _planner.RowCount / Math.Max(_state.EpochSeconds, 1e-9)));
        _state.Epoch++;
        _state.StepInEpoch = 0;
        (_state.EpochLoss, _state.EpochWeight, _state.EpochSeconds) = (0, 0, 0);
        _options.Progress?.Report(progress);
    }

    private void Judge(HeldOut quality)
    {
        double? value = _options.SelectionCriterion == SelectionCriterion.Metric ? quality.Metric ?? throw Throw.MetricMissing() : quality.Loss;
        if (!double.IsFinite(quality.Loss) || !double.IsFinite(value.Value))
            throw Throw.NotFiniteHeldOut(quality, _state.Epoch, _options);
        double score = _options.SelectionCriterion == SelectionCriterion.Metric ? value.Value : -value.Value;
        if (score > _state.BestScore)
        {
            _state.Best ??= _layout.Allocate();
            _state.Current.CopyTo(_state.Best, 0);
            _state.BestScore = score;
            _state.BestEpoch = _state.Epoch;
        }
        if (score > _state.ReferenceScore + (_options.EarlyStopping?.MinimumImprovement ?? 0))
        {
            _state.ReferenceScore = score;
            _state.EpochsWithoutImprovement = 0;
        }
        else
        {
            _state.EpochsWithoutImprovement++;
        }
        _state.HasStoppedEarly = _options.EarlyStopping is EarlyStopping stopping && _state.EpochsWithoutImprovement >= stopping.Patience;
    }

    private double LearningRate(long step) => _options.LearningRate * _options.Schedule.Factor(step, _stepCount);

    private TrainingProgress Progress(double loss, HeldOut? heldOut, double rate)
    {
        double rowsPerSecond = _ownRows / Math.Max(_ownTime.TotalSeconds, 1e-9);
        // Evaluations and checkpoints so far count, too. A resumed process may end an epoch without having made a step of its own.
        double left = _ownSteps == 0 ? 0 : _clock.Elapsed.TotalSeconds / _ownSteps * (_stepCount - _state.Step);
        return new TrainingProgress(
            _state.Epoch + 1, _state.Step, _stepCount, loss, heldOut?.Loss, heldOut?.Metric, rate, rowsPerSecond, TimeSpan.FromSeconds(Math.Min(left, LongestTimeLeft)));
    }

    private void Save()
    {
        if (_options.CheckpointPath is string path)
            Checkpoint.Save(path, _configuration, _state);
    }

    private TrainingResult Result(TrainingEnd end) => new(
        _state.Best ?? _state.Current, end, _state.Best is null ? null : _state.BestEpoch, _state.Step, _state.History);
}
