using System.Collections.Immutable;
using MLTransfer.Backbones;
using MLTransfer.Embedding;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Export;

/// <summary>
/// What an embedding step does to the feature of its backbone, as a graph: padding left out, pooled, cut to the first numbers, normalised. The same arithmetic as
/// <see cref="Pooler"/>, for a batch.
/// </summary>
internal sealed class PoolingGraph
{
    public const string Feature = "feature";
    public const string Mask = "mask";

    // ‖x‖ is taken as √(‖x‖² + 1e-24), which no version of ONNX lacks an operator for. It differs from max(‖x‖, 1e-12) where ‖x‖ is near 1e-12 only.
    private const float SmallestSquare = 1e-24f;

    private readonly OpsetGraph _graph;
    private readonly OnnxEmbedding _embedding;
    private readonly GraphPorts _ports;
    private string? _tokens;
    private string? _vector;
    private string? _counted;
    private string? _weights;
    private string? _count;

    private PoolingGraph(OnnxEmbedding embedding, int opset)
    {
        _embedding = embedding;
        _ports = embedding.Backbone.Ports;
        _graph = new OpsetGraph("pooling", opset);
    }

    private bool HasMask => _ports.Inputs.ContainsKey(InputRoles.Mask) && _embedding.Backbone.Card.Modality == BackboneModality.Text;

    private int Dimension => _embedding.Backbone.Dimension;

    /// <summary>
    /// The graph: inputs <see cref="Feature"/> and, for texts with a mask that is needed, <see cref="Mask"/>; one output for each of <paramref name="wanted"/>.
    /// </summary>
    /// <param name="embedding">The step.</param>
    /// <param name="opset">The version of ONNX's operators.</param>
    /// <param name="batch">The batch axis.</param>
    /// <param name="wanted">Names of outputs, and which of the step's columns, side by side, each is.</param>
    public static OnnxModel Build(OnnxEmbedding embedding, int opset, OnnxDimension batch, params IReadOnlyList<(string Name, ImmutableArray<int> Columns)> wanted) =>
        new PoolingGraph(embedding, opset).Build(batch, wanted);

    /// <summary>Which values of the backbone feed the inputs of <paramref name="pooling"/>.</summary>
    public static Dictionary<string, string> Links(OnnxEmbedding embedding, OnnxModel pooling)
    {
        var links = new Dictionary<string, string> { [Feature] = embedding.Backbone.Card.FeatureOutput };
        if (pooling.Graph.Inputs.Any(i => i.Name == Mask))
            links[Mask] = embedding.Backbone.Ports.Inputs[InputRoles.Mask].Name;
        return links;
    }

    private OnnxModel Build(OnnxDimension batch, IReadOnlyList<(string Name, ImmutableArray<int> Columns)> wanted)
    {
        OnnxValue feature = _ports.Feature;
        _graph.Builder.Input(Feature, feature.ElementType, feature.Dimensions.AsSpan());
        if (HasMask)
        {
            OnnxValue mask = _ports.Inputs[InputRoles.Mask];
            _graph.Builder.Input(Mask, mask.ElementType, mask.Dimensions.AsSpan());
        }
        var made = new Dictionary<int, string>();
        foreach ((string name, ImmutableArray<int> columns) in wanted)
        {
            string[] parts = new string[columns.Length];
            for (int i = 0; i < parts.Length; i++)
                parts[i] = made.TryGetValue(columns[i], out string? known) ? known : made[columns[i]] = Output(_embedding.Outputs[columns[i]]);
            if (parts.Length == 1)
                _graph.NamedNode(name, "Identity", parts);
            else
                _graph.NamedNode(name, "Concat", parts, OnnxAttribute.Of("axis", 1L));
            PlannedOutput first = _embedding.Outputs[columns[0]];
            if (first.Pooling == Pooling.None)
                _graph.Builder.Output(name, OnnxElementType.Float, batch, default, Dimension);
            else
                _graph.Builder.Output(name, OnnxElementType.Float, batch, columns.Sum(c => _embedding.Outputs[c].Dimension));
        }
        return _graph.Builder.Build();
    }

    private string Output(PlannedOutput output)
    {
        if (output.Pooling == Pooling.None)
            return Tokens();
        string vector = _ports.Shape.IsVector ? Vector() : Pool(output.Pooling);
        // The first numbers are had before the norm, as EmbeddingOptions.Dimension promises.
        if (output.Dimension < Dimension)
            vector = _graph.Node("Gather", [vector, _graph.Constant([.. Enumerable.Range(0, output.Dimension).Select(i => (long)i)], output.Dimension)], OnnxAttribute.Of("axis", 1L));
        return output.Normalize ? Normalize(vector) : vector;
    }

    private string Pool(Pooling pooling) => pooling switch
    {
        Pooling.Cls => HasMask ? ZeroIfEmpty(At(0)) : At(0),
        Pooling.Last => HasMask ? _graph.Sum(_graph.Node("Where", [IsLast(), Tokens(), _graph.Constant([0f], 1)]), 1, keepsAxis: false) : At(-1),
        Pooling.Max => HasMask ? ZeroIfEmpty(_graph.Maximum(_graph.Node("Where", [IsCounted(), Tokens(), _graph.Constant([float.MinValue], 1)]), 1, keepsAxis: false))
            : _graph.Maximum(Tokens(), 1, keepsAxis: false),
        Pooling.Mean => HasMask ? WeightedBy(Weights()) : _graph.Mean(Tokens(), 1, keepsAxis: false),
        Pooling.WeightedMean => WeightedBy(HasMask ? _graph.Node("Mul", [Places(), Weights()]) : Places()),
        _ => throw new ArgumentOutOfRangeException(nameof(pooling), pooling, "A list of vectors is pooled by Cls, Mean, Max, Last or WeightedMean."),
    };

    /// <summary>The feature as Float [batch, D].</summary>
    private string Vector()
    {
        if (_vector is not null)
            return _vector;
        string feature = AsFloat();
        return _vector = _ports.Feature.Dimensions.Length == 2 ? feature : _graph.Node("Flatten", [feature], OnnxAttribute.Of("axis", 1L));
    }

    /// <summary>The feature as Float [batch, tokens, D].</summary>
    private string Tokens()
    {
        if (_tokens is not null)
            return _tokens;
        if (_ports.Shape.IsVector)
            return _tokens = _graph.Reshape(Vector(), 0, 1, Dimension);
        string feature = AsFloat();
        if (_ports.Shape.Axes == FeatureAxes.ChannelsFirst)
            return _tokens = _graph.Node("Transpose", [_graph.Reshape(feature, 0, Dimension, -1)], OnnxAttribute.Of("perm", 0L, 2L, 1L));
        return _tokens = _ports.Feature.Dimensions.Length == 3 ? feature : _graph.Reshape(feature, 0, -1, Dimension);
    }

    private string AsFloat() => _ports.Feature.ElementType == OnnxElementType.Float ? Feature : _graph.Cast(Feature, OnnxElementType.Float);

    private string At(long place) =>
        _graph.Node("Gather", [Tokens(), _graph.Constant([FromEnd(place)])], OnnxAttribute.Of("axis", 1L));

    private long FromEnd(long place)
    {
        if (place < 0)
            _graph.Require(11, "Gather counts from the end (Pooling.Last without a mask)");
        return place;
    }

    /// <summary>Zeros for a row without a token that counts.</summary>
    private string ZeroIfEmpty(string pooled)
    {
        _graph.Require(9, "Where, which leaves padding out");
        return _graph.Node("Where", [_graph.Cast(_graph.Sum(Weights(), 1, keepsAxis: false), OnnxElementType.Bool), pooled, _graph.Constant([0f], 1)]);
    }

    /// <summary>Σ w·t / Σ w over the tokens that count; a row without any is zeros.</summary>
    private string WeightedBy(string weights)
    {
        string tokens = HasMask ? _counted ??= _graph.Node("Where", [IsCounted(), Tokens(), _graph.Constant([0f], 1)]) : Tokens();
        string sum = _graph.Sum(_graph.Node("Mul", [tokens, weights]), 1, keepsAxis: false);
        string total = _graph.Sum(weights, 1, keepsAxis: false);
        return _graph.Node("Div", [sum, _graph.Node("Max", [total, _graph.Constant([1f], 1)])]);
    }

    /// <summary>Bool [batch, tokens, 1]: whether a token counts. Padding may hold anything, so it is never multiplied.</summary>
    private string IsCounted()
    {
        _graph.Require(9, "Where, which leaves padding out");
        return _graph.Cast(Weights(), OnnxElementType.Bool);
    }

    /// <summary>Float [batch, tokens, 1]: 1 for tokens that count, 0 for padding.</summary>
    private string Weights() => _weights ??= _graph.Reshape(_graph.Cast(Mask, OnnxElementType.Float), 0, -1, 1);

    /// <summary>Float [batch, tokens, 1], or [1, tokens, 1] without a mask: the number of each token among those that count, from 1.</summary>
    private string Places()
    {
        _graph.Require(11, "CumSum, which numbers tokens");
        string ones = HasMask ? Weights() : _graph.Node("ConstantOfShape", [TokenShape()], OnnxAttribute.Of("value", OnnxTensor.Of("", [1f], 1)));
        return _graph.Node("CumSum", [ones, _graph.Constant([1L])]);
    }

    private string TokenShape()
    {
        string length = _graph.Node("Gather", [_graph.Node("Shape", [Tokens()]), _graph.Constant([1L], 1)], OnnxAttribute.Of("axis", 0L));
        string one = _graph.Constant([1L], 1);
        return _graph.Node("Concat", [one, length, one], OnnxAttribute.Of("axis", 0L));
    }

    /// <summary>Bool [batch, tokens, 1]: the last token that counts.</summary>
    private string IsLast()
    {
        _count ??= _graph.Sum(Weights(), 1, keepsAxis: true);
        return _graph.Node("And", [_graph.Node("Equal", [Places(), _count]), IsCounted()]);
    }

    private string Normalize(string vector)
    {
        string squares = _graph.Sum(_graph.Node("Mul", [vector, vector]), 1, keepsAxis: true);
        return _graph.Node("Div", [vector, _graph.Node("Sqrt", [_graph.Node("Add", [squares, _graph.Constant([SmallestSquare], 1)])])]);
    }
}
