using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Distillation.Students;

/// <summary>
/// input_ids and attention_mask [batch, tokens] → feature [batch, D]: tokens and their positions, encoder layers that normalise in front of each part (pre-LN: Xiong et al. 2020, "On
/// layer normalization in the transformer architecture"), which train from scratch without a warm-up, a last normalisation and the mean over the tokens that the mask shows.
/// </summary>
/// <remarks>
/// With x of [batch, tokens, D]: x ← x + Attention(LN x), x ← x + W₂ gelu(W₁ LN x + b₁) + b₂, gelu(u) = u (1 + erf(u / √2)) / 2. What closes a residual part starts at 1/√(2 L) of its usual
/// size, so that the sum of all parts does not grow with their number (Radford et al. 2019, GPT-2, section 2.3).
/// </remarks>
internal sealed class TransformerTextGraph
{
    // exp(−10,000) is 0 in float: padding takes no part at all.
    private const float Hidden = -1e4f;
    private const double TokenDeviation = 0.05;
    private const double PositionDeviation = 0.02;

    private readonly TransformerTextOptions _options;
    private readonly GraphBuilder _graph = new("transformer-text");
    private readonly StartWeights _start;
    private readonly double _closing;
    private string _bias = "";

    private TransformerTextGraph(TransformerTextOptions options)
    {
        _options = options;
        _start = new StartWeights(options.Seed);
        _closing = 1 / Math.Sqrt(2.0 * options.LayerCount);
    }

    public static GraphBuilder Build(TransformerTextOptions options, int vocabularySize) => new TransformerTextGraph(options).Build(vocabularySize);

    private int Width => _options.Dimension;

    private GraphBuilder Build(int vocabularySize)
    {
        string ids = _graph.Input(StudentParts.Ids, OnnxElementType.Int64, "batch", "tokens");
        string mask = _graph.Node("Cast", [_graph.Input(StudentParts.Mask, OnnxElementType.Int64, "batch", "tokens")], "mask", StudentParts.ToFloat);
        string shown = _graph.Node("Sub", [mask, _graph.Initializer("one", [1f])], "shown");
        string hides = _graph.Node("Mul", [shown, _graph.Initializer("hidden", [-Hidden])], "hides");
        _bias = _graph.Node("Unsqueeze", [hides, _graph.Initializer("head_axes", [1L, 2L], 2)], "mask_bias");

        string x = Embed(ids, vocabularySize);
        for (int layer = 0; layer < _options.LayerCount; layer++)
        {
            string name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"layer{layer}_");
            x = _graph.Node("Add", [x, Attend(Normalize(x, name + "attention_norm"), name)], name + "attended");
            x = _graph.Node("Add", [x, FeedForward(Normalize(x, name + "feed_norm"), name)], name + "out");
        }
        string feature = Mean(Normalize(x, "last_norm"), mask);
        int outputs = _options.OutputDimension ?? Width;
        if (_options.OutputDimension is int count)
            feature = Linear(feature, "output", Width, count, 1, StudentParts.Feature);
        return _graph.Output(feature, OnnxElementType.Float, "batch", outputs);
    }

    private string Embed(string ids, int vocabularySize)
    {
        int width = _options.EmbeddingDimension ?? Width;
        string table = _graph.Initializer("token_table", _start.Uniform((long)vocabularySize * width, TokenDeviation), vocabularySize, width);
        string tokens = _graph.Node("Gather", [table, ids], "token_vectors");
        if (_options.EmbeddingDimension is not null)
        {
            // As large behind the matrix as a table of D numbers would be.
            string matrix = _graph.Initializer("token_projection", _start.Uniform((long)width * Width, Math.Sqrt(1.0 / width)), width, Width);
            tokens = _graph.Node("MatMul", [tokens, matrix], "tokens_projected");
        }
        int length = _options.MaximumLength;
        string positions = _graph.Initializer("position_table", _start.Uniform((long)length * Width, PositionDeviation), length, Width);
        // Written as BERT's exports write it, so that whoever reads the graph finds the limit in it.
        string numbers = _graph.Initializer("position_numbers", [.. Enumerable.Range(0, length).Select(i => (long)i)], 1, length);
        string second = _graph.Initializer("token_axis", [1L], 1);
        string count = _graph.Node("Gather", [_graph.Node("Shape", [ids], "ids_shape"), second], "token_count");
        string places = _graph.Node("Slice", [numbers, _graph.Initializer("first", [0L], 1), count, second], "places");
        return _graph.Node("Add", [tokens, _graph.Node("Gather", [positions, places], "position_vectors")], "embedded");
    }

    private string Attend(string x, string name)
    {
        int size = Width / _options.HeadCount;
        string split = Constant("head_shape", [0L, 0, _options.HeadCount, size]), joined = Constant("joined_shape", [0L, 0, Width]);
        string query = Heads("query", 0, 2, 1, 3), key = Heads("key", 0, 2, 3, 1), value = Heads("value", 0, 2, 1, 3);
        string scores = _graph.Node("MatMul", [query, key], name + "products");
        scores = _graph.Node("Mul", [scores, Constant("head_scale", (float)(1 / Math.Sqrt(size)))], name + "scores");
        scores = _graph.Node("Add", [scores, _bias], name + "masked_scores");
        string shares = _graph.Node("Softmax", [scores], name + "shares", OnnxAttribute.Of("axis", -1L));
        string mixed = _graph.Node("Transpose", [_graph.Node("MatMul", [shares, value], name + "mixed")], name + "mixed_tokens", OnnxAttribute.Of("perm", 0L, 2, 1, 3));
        return Linear(_graph.Node("Reshape", [mixed, joined], name + "mixed_joined"), name + "attention_output", Width, Width, _closing);

        string Heads(string part, params long[] order)
        {
            string heads = _graph.Node("Reshape", [Linear(x, name + part, Width, Width, 1), split], name + part + "_heads");
            return _graph.Node("Transpose", [heads], name + part + "_by_head", OnnxAttribute.Of("perm", [.. order]));
        }
    }

    private string FeedForward(string x, string name)
    {
        string u = Linear(x, name + "feed_in", Width, _options.FeedForwardDimension, 1);
        string erf = _graph.Node("Erf", [_graph.Node("Div", [u, Constant("root_of_two", (float)Math.Sqrt(2))], name + "gelu_scaled")], name + "gelu_erf");
        string share = _graph.Node("Mul", [u, _graph.Node("Add", [erf, Constant("one", 1f)], name + "gelu_raised")], name + "gelu_double");
        string active = _graph.Node("Mul", [share, Constant("half", 0.5f)], name + "gelu");
        return Linear(active, name + "feed_out", _options.FeedForwardDimension, Width, _closing);
    }

    private string Linear(string x, string name, int inputs, int outputs, double factor, string? output = null)
    {
        string weights = _graph.Initializer(name + "_weights", _start.Glorot(inputs, outputs, factor), inputs, outputs);
        string biases = _graph.Initializer(name + "_biases", new float[outputs], outputs);
        return _graph.Node("Add", [_graph.Node("MatMul", [x, weights], name + "_product"), biases], output ?? name);
    }

    private string Normalize(string x, string name)
    {
        string scale = _graph.Initializer(name + "_scale", StartWeights.Ones(Width), Width);
        return _graph.Node("LayerNormalization", [x, scale, _graph.Initializer(name + "_shift", new float[Width], Width)], name, OnnxAttribute.Of("axis", -1L));
    }

    /// <summary>Σ mask · x / Σ mask over the tokens; a mask that shows none gives zeros.</summary>
    private string Mean(string x, string mask)
    {
        string row = _graph.Node("Unsqueeze", [mask, Constant("token_axis", [1L])], "mask_row");
        string sum = _graph.Node("Squeeze", [_graph.Node("MatMul", [row, x], "sum_row"), Constant("token_axis", [1L])], "sum");
        string count = _graph.Node("ReduceSum", [mask, Constant("token_axis", [1L])], "count", OnnxAttribute.Of("keepdims", 1L));
        count = _graph.Node("Max", [count, Constant("one", 1f)], "safe_count");
        return _graph.Node("Div", [sum, count], _options.OutputDimension is null ? StudentParts.Feature : "mean");
    }

    /// <summary>A constant of the graph, made on first use.</summary>
    private string Constant(string name, params long[] values) => _graph.Has(name) ? name : _graph.Initializer(name, values, values.Length);

    private string Constant(string name, float value) => _graph.Has(name) ? name : _graph.Initializer(name, [value]);
}
