using System.Collections.Immutable;
using System.Globalization;
using MLTransfer.Heads.Network;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training.Graphs;
using MLTransfer.Onnx.Training.Losses;

namespace MLTransfer.Benchmarks.Training;

/// <summary>One of the steps that Peers/training_steps.py describes, as a graph and its rows.</summary>
/// <param name="Model">The graph with its head; the start weights are its initializers.</param>
/// <param name="Logits">What is compared with the labels.</param>
/// <param name="Parameters">What is trained.</param>
/// <param name="Sources">One for each input.</param>
/// <param name="RowCount">Rows of the batch.</param>
/// <param name="ClassCount">Classes.</param>
/// <param name="LearningRate">The rate.</param>
/// <param name="Length">The length of each row; 1 where rows have none.</param>
internal sealed record StepModel(
    OnnxModel Model, string Logits, ImmutableArray<string> Parameters, ImmutableArray<IRowSource> Sources, int RowCount, int ClassCount, double LearningRate, int Length = 1)
{
    private const double Temperature = 2;
    private const double Half = 0.5;
    private const string Rows = "rows";
    private const string HeadPrefix = "head_";

    /// <summary>What is minimised.</summary>
    public TrainingLoss Loss { get; private init; } = new CrossEntropyLoss();

    /// <summary>What the loss compares the logits with, one row for each.</summary>
    public float[] Targets { get; private init; } = StepNumbers.Targets(RowCount, ClassCount);

    /// <summary>mlp-B, distill-B, encoder-BxT or conv-S.</summary>
    public static StepModel Of(string step)
    {
        string[] words = step.Split('-');
        int[] sizes = [.. words[1].Split('x').Select(s => int.Parse(s, CultureInfo.InvariantCulture))];
        return words[0] switch
        {
            "mlp" => Mlp(sizes[0]),
            "distill" => Distill(sizes[0]),
            "encoder" => Encoder(sizes[0], sizes[1]),
            "conv" => Conv(sizes[0]),
            _ => throw new ArgumentException($"There is no step '{step}'.", nameof(step)),
        };
    }

    private static StepModel Mlp(int rows)
    {
        const int Width = 384, Hidden = 512, Classes = 77;
        var head = HeadNetwork.Create(new HeadArchitecture([Hidden], HeadActivation.Relu, HeadNormalization.None, 0, 0), Width, Classes, seed: 0);
        OnnxModel model = head.ToModel(isTraining: true);
        (float[] weight1, float[] bias1) = StepNumbers.Layer(0, Hidden, Width);
        (float[] weight2, float[] bias2) = StepNumbers.Layer(1, Classes, Hidden);
        float[][] start = [StepNumbers.Transposed(weight1, Hidden), bias1, StepNumbers.Transposed(weight2, Classes), bias2];
        model = model.WithGraph(model.Graph with
        {
            Initializers = [.. model.Graph.Initializers.Zip(start, (tensor, values) => OnnxTensor.Of(tensor.Name, values, tensor.Dimensions.AsSpan()))],
        });
        return new StepModel(model, HeadNetwork.Logits, [.. head.Parameters.Select(p => p.Name)],
            [new RowSource(HeadNetwork.Features, new MatrixStore(StepNumbers.X(rows * Width), Width), [Width])], rows, Classes, 1e-3);
    }

    /// <summary>The same head, taught by labels and a teacher's logits.</summary>
    private static StepModel Distill(int rows)
    {
        StepModel mlp = Mlp(rows);
        int classes = mlp.ClassCount;
        float[] labels = mlp.Targets, teacher = StepNumbers.Teacher(rows, classes);
        LossTerm hard = new(new CrossEntropyLoss(), 0, classes, 0, classes, 2 * classes), soft = new(new HintonLoss(Temperature), 0, classes, classes, classes, 2 * classes + 1);
        return mlp with
        {
            Loss = new CombinedLoss([hard, soft]),
            Targets = [.. Enumerable.Range(0, rows).SelectMany(i => (float[])[.. labels.AsSpan(i * classes, classes), .. teacher.AsSpan(i * classes, classes), (float)Half, (float)Half])],
        };
    }

    private static StepModel Encoder(int rows, int length)
    {
        const int Classes = 20;
        var graph = new GraphBuilder("encoder");
        string x = graph.Input("hidden", OnnxElementType.Float, Rows, "tokens", EncoderGraph.Size);
        string mask = graph.Input("attention_mask", OnnxElementType.Int64, Rows, "tokens");
        var encoder = new EncoderGraph(graph);
        string pooled = encoder.Mean(encoder.Layer(x, mask), mask);
        (string logits, HeadNetwork head) = Head(graph, pooled, EncoderGraph.LayerCount, EncoderGraph.Size, Classes);
        int[] lengths = StepNumbers.Lengths(rows, length);
        float[] masks = [.. lengths.SelectMany(l => Enumerable.Range(0, length).Select(i => i < l ? 1f : 0f))];
        return new StepModel(graph.Output(logits, OnnxElementType.Float, Rows, Classes).Build(), logits, [.. encoder.Parameters, .. Names(head)],
            [
                new RowSource("hidden", new MatrixStore(StepNumbers.X((long)rows * length * EncoderGraph.Size), length * EncoderGraph.Size), [null, EncoderGraph.Size]),
                new IntegerSource("attention_mask", OnnxElementType.Int64, new MatrixStore(masks, length), [null]),
            ],
            rows, Classes, 1e-4, length);
    }

    private static StepModel Conv(int side)
    {
        const int RowCount = 16, Channels = 160, Wide = 960, Narrow = 320, Last = 1280, Classes = 20;
        var graph = new GraphBuilder("inverted_residual");
        string low = graph.Initializer("low", [0f]), high = graph.Initializer("high", [6f]);
        var names = new List<string>();
        string x = graph.Input("map", OnnxElementType.Float, Rows, Channels, side, side);
        string expanded = Relu6(Convolve(x, "expand", 0, Wide, Channels, 1, 1));
        string filtered = Relu6(Convolve(expanded, "depthwise", 1, Wide, 1, 3, Wide));
        string last = Relu6(Convolve(Convolve(filtered, "project", 2, Narrow, Wide, 1, 1), "last", 3, Last, Narrow, 1, 1));
        string pooled = graph.Node("ReduceMean", [last], "pooled", OnnxAttribute.Of("axes", [2, 3]), OnnxAttribute.Of("keepdims", 0));
        (string logits, HeadNetwork head) = Head(graph, pooled, 4, Last, Classes);
        int size = Channels * side * side;
        return new StepModel(graph.Output(logits, OnnxElementType.Float, Rows, Classes).Build(), logits, [.. names, .. Names(head)],
            [new RowSource("map", new MatrixStore(StepNumbers.X(RowCount * size), size), [Channels, side, side])], RowCount, Classes, 1e-4);

        string Convolve(string input, string name, int number, int outputs, int inputs, int kernel, int groups)
        {
            (float[] weight, float[] bias) = StepNumbers.Layer(number, outputs, inputs * kernel * kernel);
            names.AddRange([graph.Initializer($"{name}.weight", weight, outputs, inputs, kernel, kernel), graph.Initializer($"{name}.bias", bias, outputs)]);
            int pad = kernel / 2;
            return graph.Node("Conv", [input, names[^2], names[^1]], name,
                OnnxAttribute.Of("kernel_shape", [kernel, kernel]), OnnxAttribute.Of("pads", [pad, pad, pad, pad]), OnnxAttribute.Of("group", groups));
        }

        string Relu6(string input) => graph.Node("Clip", [input, low, high], $"{input}.relu6");
    }

    private static (string Logits, HeadNetwork Head) Head(GraphBuilder graph, string features, int number, int width, int classes)
    {
        (float[] weight, float[] bias) = StepNumbers.Layer(number, classes, width);
        HeadNetwork head = HeadNetwork.Create(HeadArchitecture.Linear, width, classes, seed: 0).WithLinear([.. weight.Chunk(width)], bias);
        return (head.Append(graph, features, Rows, HeadPrefix, isTraining: true), head);
    }

    private static IEnumerable<string> Names(HeadNetwork head) => head.Parameters.Select(p => HeadPrefix + p.Name);
}
