using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training;
using MLTransfer.Onnx.Training.Graphs;
using MLTransfer.Onnx.Training.Losses;

namespace MLTransfer.Onnx.Tests.Training.Losses;

/// <summary>A loss of given predictions, as a training graph computes it: the prediction of a row is its input plus a parameter, 0 at first, so that the parameter's gradient is the row's.</summary>
internal sealed class LossProblem : IDisposable
{
    private readonly int _width;
    private readonly double[] _weights;
    private readonly ParameterLayout _layout;
    private readonly GraphProblem _problem;

    public LossProblem(TrainingLoss loss, float[] predictions, float[] targets, double[] weights)
    {
        _width = predictions.Length / weights.Length;
        _weights = weights;
        var graph = new GraphBuilder("prediction");
        string x = graph.Input("x", OnnxElementType.Float, "rows", _width);
        graph.Output(graph.Node("Add", [x, graph.Initializer("shift", new float[_width], _width)], "prediction"), OnnxElementType.Float, "rows", _width);
        TrainingGraph training = TrainingGraph.Of(graph.Build(), "prediction", _width, ["shift"], loss, "loss");
        _layout = new ParameterLayout([new TrainedTensor("shift", [_width])]);
        int[] rows = [.. Enumerable.Range(0, weights.Length)];
        var data = new TrainingData
        {
            Sources = [new RowSource("x", new MatrixStore(predictions, _width), [_width])],
            Targets = new MatrixStore(targets, _width),
            Width = _width,
            Weights = weights,
            TrainingRows = rows,
            HeldOutRows = rows,
        };
        _problem = new GraphProblem(training, _layout, data, "loss", threadCount: 1);
    }

    /// <summary>The weighted mean L of all rows and ∂L/∂x, row by row.</summary>
    public (double Loss, float[] Gradient) Measure()
    {
        float[] parameters = _layout.Allocate(), gradient = _layout.Allocate();
        double loss = 0;
        var gradients = new List<float>();
        for (int row = 0; row < _weights.Length; row++)
        {
            loss += _problem.Gradient([row], new StepInfo(0, 0, 0, 0, _weights.Sum()), parameters, gradient);
            gradients.AddRange(gradient.AsSpan(0, _width));
        }
        return (loss, [.. gradients]);
    }

    /// <summary>L of all rows with the prediction moved.</summary>
    public double LossAt(float[] shift)
    {
        float[] parameters = _layout.Allocate();
        shift.CopyTo(parameters, 0);
        return _problem.Evaluate(parameters, CancellationToken.None)!.Value.Loss;
    }

    public void Dispose() => _problem.Dispose();
}
