using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training;
using MLTransfer.Onnx.Training.Graphs;
using MLTransfer.Onnx.Training.Losses;

namespace MLTransfer.Onnx.Tests.Training.Graphs;

/// <summary>A small network and rows of three classes that it can learn: a class is which of three directions a row points in.</summary>
internal sealed class TinyTraining : IDisposable
{
    public const int Width = 6;
    public const int ClassCount = 3;

    private readonly float[] _features;

    public TinyTraining(int rowCount = 60, int hidden = 8, int threadCount = 1, TrainingLoss? loss = null, int heldOut = 0)
    {
        var random = new Random(5);
        _features = new float[rowCount * Width];
        Classes = new int[rowCount];
        float[] targets = new float[rowCount * ClassCount];
        for (int i = 0; i < rowCount; i++)
        {
            Classes[i] = i % ClassCount;
            targets[i * ClassCount + Classes[i]] = 1;
            for (int j = 0; j < Width; j++)
                _features[i * Width + j] = random.NextSingle() - 0.5f + (j % ClassCount == Classes[i] ? 1 : 0);
        }
        OnnxModel model = Network(hidden);
        Graph = TrainingGraph.Of(model, "logits", ClassCount, ["w1", "b1", "w2", "b2"], loss ?? new CrossEntropyLoss(), "tiny");
        Layout = new ParameterLayout(Graph.Parameters.Select(p => new TrainedTensor(p, model.Graph.Initializers.First(t => t.Name == p).Dimensions) { Decays = p[0] == 'w' }));
        Start = Layout.Allocate();
        foreach (TrainedTensor tensor in Layout.Tensors)
            model.Graph.Initializers.First(t => t.Name == tensor.Name).ToFloats().CopyTo(Start, tensor.Offset);
        Data = new TrainingData
        {
            Sources = [new RowSource("x", new MatrixStore(_features, Width), [Width])],
            Targets = new MatrixStore(targets, ClassCount),
            Width = ClassCount,
            Weights = [.. Enumerable.Repeat(1d, rowCount)],
            TrainingRows = [.. Enumerable.Range(0, rowCount - heldOut)],
            HeldOutRows = [.. Enumerable.Range(rowCount - heldOut, heldOut)],
            Metric = (rows, predictions) => Accuracy(rows, predictions),
        };
        Problem = new GraphProblem(Graph, Layout, Data, "tiny", threadCount: threadCount);
    }

    public int[] Classes { get; }

    public TrainingGraph Graph { get; }

    public ParameterLayout Layout { get; }

    public float[] Start { get; }

    public TrainingData Data { get; }

    public GraphProblem Problem { get; }

    public double Accuracy(int[] rows, float[] predictions) => rows.Select((row, i) =>
        predictions.AsSpan(i * ClassCount, ClassCount).ToArray().Index().MaxBy(p => p.Item).Index == Classes[row] ? 1d : 0d).Average();

    public void Dispose() => Problem.Dispose();

    private static OnnxModel Network(int hidden)
    {
        var random = new Random(7);
        float[] Weights(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
        var graph = new GraphBuilder("tiny");
        string x = graph.Input("x", OnnxElementType.Float, "rows", Width);
        string h = graph.Node("Gemm", [x, graph.Initializer("w1", Weights(Width * hidden), Width, hidden), graph.Initializer("b1", Weights(hidden), hidden)], "h");
        string a = graph.Node("Tanh", [h], "a");
        string y = graph.Node("Gemm", [a, graph.Initializer("w2", Weights(hidden * ClassCount), hidden, ClassCount), graph.Initializer("b2", Weights(ClassCount), ClassCount)], "logits");
        return graph.Output(y, OnnxElementType.Float, "rows", ClassCount).Build();
    }
}
