using System.Globalization;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Tests.Gradients;
using MLTransfer.Onnx.Training.Graphs;

namespace MLTransfer.Onnx.Tests.Training.Curves;

/// <summary>200 steps of AdamW from PyTorch's start on PyTorch's batches: the loss of each step is PyTorch's.</summary>
internal sealed class TrainingCurveTests
{
    private const double Tolerance = 1e-3;

    [TestCase(1)]
    [TestCase(4)]
    public void Losses_MlpHead_FollowPyTorch(int accumulationCount)
    {
        var golden = GoldenCurve.Read("mlp");
        Follow("mlp", Mlp(golden).Losses(accumulationCount), golden.Loss);
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Losses_LastBlockOfMiniLm_FollowPyTorch(int accumulationCount)
    {
        const int Width = 384;
        var golden = GoldenCurve.Read("minilm");
        using var frozen = new FrozenPart(golden, graph => Linear(graph, Mean(graph, "last_hidden_state", "attention_mask"), 0, Width, golden.Classes));
        Assert.That(frozen.Split.Border.Select(b => b.Name), Is.EqualTo(new[] { golden.FrozenUpTo }));

        int[] labels = golden.RowLabels, ids = GoldenNumbers.Integers(GoldenCurve.Ids, golden.Rows * golden.Length, 0, 6000);
        int[] lengths = GoldenNumbers.Integers(GoldenCurve.Lengths, golden.Rows, 4, golden.Length + 1);
        IRowSource[] inputs =
        [
            Tokens("input_ids", (row, place) => 1000 + 2000 * labels[row] + ids[row * golden.Length + place]),
            Tokens("attention_mask", (_, _) => 1),
            Tokens("token_type_ids", (_, _) => 0),
        ];
        IRowStore hidden = frozen.Run(inputs, golden.Rows, 64, row => lengths[row]);
        IRowSource[] sources = [.. inputs.Where(i => frozen.Split.Trained.Graph.Inputs.Any(t => t.Name == i.InputName)), new RowSource(golden.FrozenUpTo, hidden, [null, Width])];
        var training = new CurveTraining(golden, frozen.Split.Trained, [.. frozen.Parameters], [.. sources], frozen.Split.Sizes) { Lengths = lengths };
        double[] losses = training.Losses(accumulationCount);
        Follow("minilm", losses, golden.Loss);
        Assert.That(Away(losses, golden.LossHeadOnly!), Is.GreaterThan(10 * Tolerance), "the graph's part is trained, too");

        IntegerSource Tokens(string name, Func<int, int, int> token)
        {
            var store = new SpillStore(new MemoryBudget(1L << 20), name);
            store.Reserve(golden.Rows);
            for (int row = 0; row < golden.Rows; row++)
                store.Set(row, [.. Enumerable.Range(0, lengths[row]).Select(place => (float)token(row, place))]);
            return new IntegerSource(name, OnnxElementType.Int64, store, [null]);
        }
    }

    [Test]
    public void Losses_LastBlockOfMobileNetV2_FollowPyTorch()
    {
        const int Side = 224, Cell = 32, Cells = Side / Cell, Channels = 3;
        var golden = GoldenCurve.Read("mobilenetv2");
        using var frozen = new FrozenPart(golden, graph => Linear(graph, "features", 0, 1280, golden.Classes));
        Assert.That(frozen.Split.Border.Select(b => b.Name), Is.EqualTo(new[] { golden.FrozenUpTo }));

        int size = Channels * Side * Side;
        float[] patterns = GoldenNumbers.Uniform(GoldenCurve.Centres, golden.Classes * Channels * Cells * Cells);
        float[] pictures = GoldenNumbers.Uniform(GoldenCurve.Noise, (long)golden.Rows * size, -2, 2);
        int[] labels = golden.RowLabels;
        for (int i = 0; i < pictures.Length; i++)
        {
            int place = i % size, x = place % Side, y = place / Side % Side, channel = place / (Side * Side);
            pictures[i] += patterns[((labels[i / size] * Channels + channel) * Cells + y / Cell) * Cells + x / Cell];
        }
        IRowStore maps = frozen.Run([new RowSource("input", new MatrixStore(pictures, size), [Channels, Side, Side])], golden.Rows, 8);
        OnnxValue border = frozen.Split.Border[0];
        var source = new RowSource(border.Name, maps, [.. border.Dimensions.Skip(1).Select(d => (int?)d.Value!.Value)]);
        double[] losses = new CurveTraining(golden, frozen.Split.Trained, [.. frozen.Parameters], [source], frozen.Split.Sizes).Losses();
        // Numbers that lie exactly on a bound of Clip get no gradient, as in hardtanh, which is what exporters write as Clip.
        Follow("mobilenetv2", losses, golden.LossHardtanh!);
        Assert.That(Away(losses, golden.LossHeadOnly!), Is.GreaterThan(10 * Tolerance), "the graph's part is trained, too");
    }

    private static CurveTraining Mlp(GoldenCurve golden)
    {
        const int Width = 384, Hidden = 512;
        var graph = new GraphBuilder("mlp");
        string hidden = graph.Node("Relu", [Layer(graph, graph.Input("x", OnnxElementType.Float, "rows", Width), "1", 0, Width, Hidden)], "activation");
        graph.Output(graph.Node("Identity", [Layer(graph, hidden, "2", 1, Hidden, golden.Classes)], CurveTraining.Logits), OnnxElementType.Float, "rows", golden.Classes);

        float[] rows = GoldenNumbers.Uniform(GoldenCurve.Noise, golden.Rows * Width, -4, 4), centres = GoldenNumbers.Uniform(GoldenCurve.Centres, golden.Classes * Width);
        int[] labels = golden.RowLabels;
        for (int i = 0; i < rows.Length; i++)
            rows[i] += centres[labels[i / Width] * Width + i % Width];
        return new CurveTraining(golden, graph.Build(), ["1.weight", "1.bias", "2.weight", "2.bias"], [new RowSource("x", new MatrixStore(rows, Width), [Width])]);
    }

    private static string Linear(GraphBuilder graph, string features, int number, int inputs, int outputs) =>
        graph.Node("Identity", [Layer(graph, features, CurveTraining.Head.TrimEnd('.'), number, inputs, outputs)], CurveTraining.Logits);

    private static string Layer(GraphBuilder graph, string x, string name, int number, int inputs, int outputs)
    {
        (float[] weight, float[] bias) = GoldenCurve.Layer(number, inputs, outputs);
        return graph.Node("Gemm", [x, graph.Initializer($"{name}.weight", weight, outputs, inputs), graph.Initializer($"{name}.bias", bias, outputs)], $"{name}.out", OnnxAttribute.Of("transB", 1));
    }

    /// <summary>The mean over unmasked positions.</summary>
    private static string Mean(GraphBuilder graph, string hidden, string mask)
    {
        string axis = graph.Initializer("pool_axis", [1L], 1), last = graph.Initializer("pool_last", [2L], 1);
        string seen = graph.Node("Unsqueeze", [graph.Node("Cast", [mask], "pool_mask", OnnxAttribute.Of("to", (long)OnnxElementType.Float)), last], "pool_seen");
        string sum = graph.Node("ReduceSum", [graph.Node("Mul", [hidden, seen], "pool_values"), axis], "pool_sum", OnnxAttribute.Of("keepdims", 0));
        string count = graph.Node("ReduceSum", [seen, axis], "pool_count", OnnxAttribute.Of("keepdims", 0));
        return graph.Node("Div", [sum, count], "pooled");
    }

    private static void Follow(string name, double[] losses, double[] expected)
    {
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {losses[0]:F4} to {losses[^1]:F4}, away from PyTorch by at most {Away(losses, expected):E1}"));
        Assert.Multiple(() =>
        {
            Assert.That(Away(losses, expected), Is.LessThanOrEqualTo(Tolerance));
            Assert.That(losses, Has.Length.EqualTo(200));
            Assert.That(losses[^20..].Average(), Is.LessThan(losses[..20].Average()), "it learns");
        });
    }

    private static double Away(double[] losses, double[] expected) => losses.Zip(expected, (a, b) => Math.Abs(a - b)).Max();
}
