using System.Numerics.Tensors;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Internal;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>
/// Training of a graph as the loop sees it. A batch is divided into shards by length, one for each core, which run side by side over one session with one thread each; their gradients are
/// added in a fixed order, so that the result does not depend on timing. Where the loss compares the rows of a batch, it is one run on all threads instead. Not thread-safe.
/// </summary>
internal sealed class GraphProblem : ITrainingProblem, IDisposable
{
    // Below about half a millisecond for a shard, handing it to another thread costs more than it brings: measured on heads of 384-512-77 at batches of 32 and 128.
    private const double WorkForShard = 75e6;

    // Estimated: below it, handing a part of a sum to another thread costs about what it brings.
    private const int NumbersForPart = 1 << 17;

    private readonly TrainingData _data;
    private readonly ParameterLayout _layout;
    private readonly TrainingGraph _graph;
    private readonly double _workPerUnit;
    private readonly int _threadCount;
    private readonly OnnxSession _gradientSession;
    private readonly Lazy<OnnxSession> _evaluationSession;
    private readonly BoundRun[] _runs;
    private readonly float[]?[] _ownGradients;
    private readonly StepWorkers _workers;
    private readonly Action<int> _runShard;
    private readonly Action<int> _addShards;
    private readonly int[] _ends;
    private int[] _rows = [];
    private StepInfo _step;
    private IntPtr _gradient;
    private int _partCount;

    /// <param name="graph">What is trained.</param>
    /// <param name="layout">Its parameters in the order of the graph.</param>
    /// <param name="data">Its rows.</param>
    /// <param name="name">The model's name, for messages.</param>
    /// <param name="folder">The folder of its external data, or null.</param>
    /// <param name="threadCount">Threads at most; default: one for each core.</param>
    public GraphProblem(TrainingGraph graph, ParameterLayout layout, TrainingData data, string name, string? folder = null, int? threadCount = null)
    {
        _graph = graph;
        _layout = layout;
        _data = data;
        _workPerUnit = graph.WorkPerUnit;
        _threadCount = threadCount ?? Environment.ProcessorCount;
        int shards = graph.NeedsWholeBatch ? 1 : _threadCount;
        var settings = new SessionSettings { IntraOpThreadCount = 1 };
        _gradientSession = OnnxSession.Create(
            ModelSource.FromMemory(graph.Gradients.ToBytes(), name, folder), settings with { IntraOpThreadCount = graph.NeedsWholeBatch ? _threadCount : 1 }, warn: null);
        _evaluationSession = new(() => OnnxSession.Create(ModelSource.FromMemory(graph.Evaluation.ToBytes(), name, folder), settings, warn: null));
        IRowSource targets = data.TrainingTargets ?? new RowSource(graph.Target, data.Targets, [data.TargetWidth]);
        _runs = [.. Enumerable.Range(0, shards).Select(_ => new BoundRun(_gradientSession, graph, data.Sources, targets))];
        _ownGradients = new float[shards][];
        _ends = new int[shards];
        _workers = new StepWorkers(shards);
        _runShard = RunShard;
        _addShards = AddShards;
    }

    /// <summary>Shards of the last step.</summary>
    public int ShardCount { get; private set; }

    public int RowCount => _data.TrainingRows.Length;

    public bool EqualLengthsOnly => _data.EqualLengthsOnly;

    public bool NeedsWholeBatch => _graph.NeedsWholeBatch;

    public int LengthOf(int row) => _data.LengthOf(_data.TrainingRows[row]);

    public double WeightOf(int row) => _data.Weights[_data.TrainingRows[row]];

    public unsafe double Gradient(ReadOnlySpan<int> rows, in StepInfo step, ReadOnlySpan<float> parameters, Span<float> gradient)
    {
        if (NeedsWholeBatch && step.MicroBatch > 0)
            throw Throw.WholeBatchCut(step.MicroBatch);
        if (_rows.Length < rows.Length)
            _rows = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
            _rows[i] = _data.TrainingRows[rows[i]];
        _step = step;
        Divide(rows.Length);
        for (int shard = 0; shard < ShardCount; shard++)
        {
            _runs[shard].BindParameters(parameters, _layout);
            // The first shard of a step writes where the loop wants the sum.
            if (shard == 0 && step.MicroBatch == 0)
                _runs[0].BindGradient(gradient, _layout);
            else
                _runs[shard].BindGradient(_ownGradients[shard] ??= _layout.Allocate(), _layout);
        }
        _workers.Run(ShardCount, _runShard);
        if (ShardCount > 1 || step.MicroBatch > 0)
        {
            fixed (float* address = gradient)
                _gradient = (IntPtr)address;
            _partCount = Math.Clamp(_layout.Length / NumbersForPart, 1, ShardCount);
            _workers.Run(_partCount, _addShards);
        }
        double loss = 0;
        for (int shard = 0; shard < ShardCount; shard++)
            loss += _runs[shard].Loss;
        return loss;
    }

    public HeldOut? Evaluate(ReadOnlySpan<float> parameters, CancellationToken cancellationToken)
    {
        if (_data.HeldOutRows.Length == 0)
            return null;
        (double loss, float[] predictions) = Predict(_data.HeldOutRows, parameters, cancellationToken);
        return new HeldOut(loss, _data.Metric?.Invoke(_data.HeldOutRows, predictions));
    }

    /// <summary>The mean loss and the predictions [rows, P] of some rows of the data, in their order.</summary>
    public (double Loss, float[] Predictions) Predict(int[] rows, ReadOnlySpan<float> parameters, CancellationToken cancellationToken)
    {
        var evaluation = new GraphEvaluation(_evaluationSession.Value, _graph, _layout, _data, _threadCount);
        return evaluation.Run(rows, parameters, cancellationToken);
    }

    public void Dispose()
    {
        _workers.Dispose();
        foreach (BoundRun run in _runs)
            run.Dispose();
        _gradientSession.Dispose();
        if (_evaluationSession.IsValueCreated)
            _evaluationSession.Value.Dispose();
    }

    private void RunShard(int shard)
    {
        int start = shard == 0 ? 0 : _ends[shard - 1];
        _runs[shard].Run(_rows.AsSpan(start, _ends[shard] - start), _data, _step);
    }

    /// <summary>Adds the shards' gradients within one part of the vector. Each number is summed in the order of the shards, whoever does it.</summary>
    private unsafe void AddShards(int part)
    {
        (int start, int end) = _layout.Part(part, _partCount);
        // The loop keeps the gradient in pinned memory.
        var sum = new Span<float>((float*)_gradient + start, end - start);
        for (int shard = _step.MicroBatch == 0 ? 1 : 0; shard < ShardCount; shard++)
            TensorPrimitives.Add(sum, _ownGradients[shard].AsSpan(start, end - start), sum);
    }

    /// <summary>Sets how many shards there are and where in the rows each ends, by what they cost.</summary>
    private void Divide(int count)
    {
        long units = 0;
        for (int i = 0; i < count; i++)
            units += _data.LengthOf(_rows[i]);
        ShardCount = (int)Math.Clamp(Math.Floor(units * _workPerUnit / WorkForShard), 1, Math.Min(_runs.Length, count));
        long passed = 0;
        int shard = 0;
        for (int i = 0; i < count && shard < ShardCount - 1; i++)
        {
            passed += _data.LengthOf(_rows[i]);
            // Each later shard needs a row, too.
            if (passed * ShardCount >= units * (shard + 1) || count - i - 1 == ShardCount - shard - 1)
                _ends[shard++] = i + 1;
        }
        _ends[ShardCount - 1] = count;
    }
}
