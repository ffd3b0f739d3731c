using System.Diagnostics;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training;
using MLTransfer.Onnx.Training.Graphs;

namespace MLTransfer.Benchmarks.Training;

/// <summary>Steps as the training loop makes them: rows fetched, gradient, check, AdamW. Without clipping, schedule and dropout, as in the peers.</summary>
internal sealed class OurSteps : IDisposable
{
    private readonly GraphProblem _problem;
    private readonly StepRunner _runner;
    private readonly float[] _parameters;
    private readonly int[] _rows;
    private readonly double _rate;
    private long _step;

    public OurSteps(string step)
    {
        StepModel model = StepModel.Of(step);
        int targetWidth = model.Targets.Length / model.RowCount;
        var graph = TrainingGraph.Of(model.Model, model.Logits, model.ClassCount, model.Parameters, model.Loss, step, targetWidth: targetWidth);
        Dictionary<string, OnnxTensor> weights = model.Model.Graph.Initializers.ToDictionary(t => t.Name, StringComparer.Ordinal);
        var layout = new ParameterLayout(graph.Parameters.Select(p => new TrainedTensor(p, weights[p].Dimensions) { Decays = weights[p].Dimensions.Length > 1 }));
        _parameters = layout.Allocate();
        foreach (TrainedTensor tensor in layout.Tensors)
            weights[tensor.Name].ToFloats().CopyTo(_parameters, tensor.Offset);
        _rows = [.. Enumerable.Range(0, model.RowCount)];
        _rate = model.LearningRate;
        var data = new TrainingData
        {
            Sources = model.Sources,
            Targets = new MatrixStore(model.Targets, targetWidth),
            Width = model.ClassCount,
            TargetWidth = targetWidth,
            Weights = [.. _rows.Select(_ => 1d)],
            Lengths = [.. _rows.Select(_ => model.Length)],
            TrainingRows = _rows,
        };
        _problem = new GraphProblem(graph, layout, data, step);
        var options = new TrainingOptions { BatchSize = model.RowCount, GradientClipNorm = null, WeightDecay = 0.01, Seed = 0 };
        _runner = new StepRunner(_problem, layout, options, new BatchPlanner(_problem, options), ParameterUpdater.Create(options.Optimizer, layout), [.. _parameters]);
    }

    /// <summary>The last step's loss, before its update.</summary>
    public double Loss { get; private set; }

    public int ShardCount => _problem.ShardCount;

    /// <summary>Makes steps and gives back the seconds that they took.</summary>
    public double Run(int count)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
            Loss = _runner.Run(_parameters, _rows, _step++, 0, _rate).Loss;
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose()
    {
        _runner.Dispose();
        _problem.Dispose();
    }
}
