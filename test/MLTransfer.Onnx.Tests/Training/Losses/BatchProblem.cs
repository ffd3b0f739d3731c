using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training;
using MLTransfer.Onnx.Training.Graphs;
using MLTransfer.Onnx.Training.Losses;

namespace MLTransfer.Onnx.Tests.Training.Losses;

/// <summary>
/// A loss of a whole batch in one run, as a training graph computes it: the predictions are one trained matrix, from which each row takes its own, so that the gradient is ∂L/∂x and a training moves x.
/// </summary>
internal sealed class BatchProblem : IDisposable
{
    private const string Matrix = "predictions";

    private readonly float[] _predictions;
    private readonly double[] _weights;
    private readonly int[] _rows;

    public BatchProblem(TrainingLoss loss, float[] predictions, float[] targets, double[] weights, int threadCount = 1, TrainingOptions? options = null)
    {
        int count = weights.Length, width = predictions.Length / count, targetWidth = targets.Length / count;
        _predictions = predictions;
        _weights = weights;
        _rows = [.. Enumerable.Range(0, count)];
        var graph = new GraphBuilder("batch");
        string x = graph.Input("x", OnnxElementType.Float, "rows", count);
        graph.Output(graph.Node("MatMul", [x, graph.Initializer(Matrix, predictions, count, width)], "prediction"), OnnxElementType.Float, "rows", width);
        Graph = TrainingGraph.Of(graph.Build(), "prediction", width, [Matrix], loss, "batch", targetWidth: targetWidth);
        Layout = new ParameterLayout([new TrainedTensor(Matrix, [count, width])]);
        float[] places = new float[count * count];
        for (int row = 0; row < count; row++)
            places[row * count + row] = 1;
        Data = new TrainingData
        {
            Sources = [new RowSource("x", new MatrixStore(places, count), [count])],
            Targets = new MatrixStore(targets, targetWidth),
            Width = width,
            TargetWidth = targetWidth,
            Weights = weights,
            TrainingRows = _rows,
            HeldOutRows = _rows,
        };
        if (options is not null)
            Data = ScheduledTargets.Of(Data, Graph.Target, loss, options);
        Problem = new GraphProblem(Graph, Layout, Data, "batch", threadCount: threadCount);
    }

    public TrainingGraph Graph { get; }

    public TrainingData Data { get; }

    public ParameterLayout Layout { get; }

    public GraphProblem Problem { get; }

    public float[] Start()
    {
        float[] start = Layout.Allocate();
        _predictions.CopyTo(start, 0);
        return start;
    }

    /// <summary>The weighted mean L of all rows and ∂L/∂x, row by row.</summary>
    public (double Loss, float[] Gradient) Measure(float[]? predictions = null, long step = 0)
    {
        float[] parameters = Start(), gradient = Layout.Allocate();
        predictions?.CopyTo(parameters, 0);
        double loss = Problem.Gradient(_rows, new StepInfo(step, 0, 0, 0, _weights.Sum()), parameters, gradient);
        return (loss, gradient[.._predictions.Length]);
    }

    public void Dispose() => Problem.Dispose();
}
