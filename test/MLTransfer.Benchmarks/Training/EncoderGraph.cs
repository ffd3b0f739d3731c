using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Benchmarks.Training;

/// <summary>One layer of BERT in the operators that PyTorch's export writes: weights transposed for MatMul, GELU by Erf, LayerNormalization as an operator, an additive mask.</summary>
internal sealed class EncoderGraph(GraphBuilder graph)
{
    public const int Size = 384;

    /// <summary>Linear layers.</summary>
    public const int LayerCount = 6;

    private const int Heads = 12;
    private const int Inner = 1536;
    private const float Hidden = -10000;

    /// <summary>What is trained, in order.</summary>
    public List<string> Parameters { get; } = [];

    /// <summary>The layer: [rows, tokens, size] to the same.</summary>
    /// <param name="x">Tokens.</param>
    /// <param name="mask">Integers [rows, tokens], 1 for a token.</param>
    public string Layer(string x, string mask)
    {
        string query = Split(Linear(x, "query", 0, Size, Size), "query"), value = Split(Linear(x, "value", 2, Size, Size), "value");
        string key = graph.Node("Transpose", [Reshaped(Linear(x, "key", 1, Size, Size), "key.heads", 0, 0, Heads, Size / Heads)], "key.split", OnnxAttribute.Of("perm", [0, 2, 3, 1]));
        string scores = graph.Node("Div", [graph.Node("MatMul", [query, key], "scores"), Number("root", (float)Math.Sqrt(Size / Heads))], "scores.scaled");
        string weights = graph.Node("Softmax", [graph.Node("Add", [scores, Additive(mask)], "scores.masked")], "weights", OnnxAttribute.Of("axis", -1));
        string context = graph.Node("Transpose", [graph.Node("MatMul", [weights, value], "context.heads")], "context.turned", OnnxAttribute.Of("perm", [0, 2, 1, 3]));
        string attended = Linear(Reshaped(context, "context", 0, 0, Size), "attended", 3, Size, Size);
        string middle = Norm(graph.Node("Add", [attended, x], "attended.sum"), "norm1");
        string grown = Linear(middle, "grow", 4, Inner, Size);
        string shrunk = Linear(Gelu(grown), "shrink", 5, Size, Inner);
        return Norm(graph.Node("Add", [shrunk, middle], "shrink.sum"), "norm2");
    }

    /// <summary>The mean over the unmasked positions [rows, size].</summary>
    public string Mean(string hidden, string mask)
    {
        string axis = graph.Initializer("pool.axis", [1L], 1);
        string seen = graph.Node("Unsqueeze", [Cast(mask, "pool.mask"), graph.Initializer("pool.last", [2L], 1)], "pool.seen");
        string sum = graph.Node("ReduceSum", [graph.Node("Mul", [hidden, seen], "pool.values"), axis], "pool.sum", OnnxAttribute.Of("keepdims", 0));
        return graph.Node("Div", [sum, graph.Node("ReduceSum", [seen, axis], "pool.count", OnnxAttribute.Of("keepdims", 0))], "pooled");
    }

    private string Linear(string x, string name, int number, int outputs, int inputs)
    {
        (float[] weight, float[] bias) = StepNumbers.Layer(number, outputs, inputs);
        Parameters.Add(graph.Initializer($"{name}.weight", StepNumbers.Transposed(weight, outputs), inputs, outputs));
        Parameters.Add(graph.Initializer($"{name}.bias", bias, outputs));
        return graph.Node("Add", [$"{name}.bias", graph.Node("MatMul", [x, $"{name}.weight"], $"{name}.product")], name);
    }

    private string Split(string x, string name) =>
        graph.Node("Transpose", [Reshaped(x, $"{name}.heads", 0, 0, Heads, Size / Heads)], $"{name}.split", OnnxAttribute.Of("perm", [0, 2, 1, 3]));

    private string Reshaped(string x, string name, params long[] shape) => graph.Node("Reshape", [x, graph.Initializer($"{name}.shape", shape, shape.Length)], name);

    private string Norm(string x, string name)
    {
        Parameters.Add(graph.Initializer($"{name}.weight", [.. Enumerable.Repeat(1f, Size)], Size));
        Parameters.Add(graph.Initializer($"{name}.bias", new float[Size], Size));
        return graph.Node("LayerNormalization", [x, $"{name}.weight", $"{name}.bias"], name, OnnxAttribute.Of("axis", -1), OnnxAttribute.Of("epsilon", 1e-12f));
    }

    private string Gelu(string x)
    {
        string erf = graph.Node("Erf", [graph.Node("Div", [x, Number("gelu.root", (float)Math.Sqrt(2))], "gelu.scaled")], "gelu.erf");
        string twice = graph.Node("Mul", [x, graph.Node("Add", [erf, Number("gelu.one", 1)], "gelu.sum")], "gelu.twice");
        return graph.Node("Mul", [twice, Number("gelu.half", 0.5f)], "gelu");
    }

    /// <summary>0 for a token and −10,000 for none, [rows, 1, 1, tokens].</summary>
    private string Additive(string mask)
    {
        string seen = Cast(graph.Node("Unsqueeze", [mask, graph.Initializer("mask.axes", [1L, 2L], 2)], "mask.stretched"), "mask.numbers");
        return graph.Node("Mul", [graph.Node("Sub", [Number("mask.one", 1), seen], "mask.hidden"), Number("mask.low", Hidden)], "mask");
    }

    private string Cast(string mask, string name) => graph.Node("Cast", [mask], name, OnnxAttribute.Of("to", (long)OnnxElementType.Float));

    private string Number(string name, float value) => graph.Initializer(name, [value]);
}
