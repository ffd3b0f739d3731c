using System.Collections.Immutable;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Graphs;

/// <summary>Finds and replaces the pattern of <see cref="Int8ToFloat"/> in one graph, and by a further instance in each sub-graph.</summary>
internal sealed class Int8Pattern
{
    private const string FloatSuffix = "_float";

    private readonly OnnxGraph _graph;
    private readonly Int8Pattern? _outer;
    private readonly NameUses _uses;
    private readonly Dictionary<string, OnnxTensor> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxNode> _producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<OnnxNode>> _readers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxTensor> _floats = new(StringComparer.Ordinal);

    public Int8Pattern(OnnxGraph graph, Int8Pattern? outer, NameUses uses)
    {
        _graph = graph;
        _outer = outer;
        _uses = uses;
        foreach (OnnxTensor tensor in graph.Initializers)
            _constants[tensor.Name] = tensor;
        foreach (OnnxNode node in graph.Nodes)
        {
            foreach (string output in node.Outputs)
                _producers[output] = node;
            foreach (string input in node.Inputs.Distinct(StringComparer.Ordinal))
            {
                if (!_readers.TryGetValue(input, out List<OnnxNode>? readers))
                    _readers[input] = readers = [];
                readers.Add(node);
            }
            if (node is { OpType: "Constant", IsStandard: true } && node.Attribute("value")?.Tensor is OnnxTensor value)
                _constants[node.Outputs[0]] = value;
        }
    }

    public static bool IsPart(OnnxNode node) => node.OpType is "DynamicQuantizeLinear" or "MatMulInteger" or "ConvInteger"
        or "DynamicQuantizeMatMul" or "MatMulIntegerToFloat" or "DynamicQuantizeLSTM";

    public OnnxGraph Rewrite()
    {
        // By the last node of the pattern, in whose place the float node stands.
        var replacements = new Dictionary<OnnxNode, OnnxNode>(ReferenceEqualityComparer.Instance);
        var removed = new HashSet<OnnxNode>(ReferenceEqualityComparer.Instance);
        foreach (OnnxNode node in _graph.Nodes)
        {
            if (node is { IsStandard: true, OpType: "MatMulInteger" or "ConvInteger" })
            {
                Match match = Find(node);
                replacements.Add(match.Last, match.Float);
                removed.Add(node);
                removed.Add(match.Cast);
            }
            else if (IsPart(node) && node is not { IsStandard: true, OpType: "DynamicQuantizeLinear" })
            {
                throw Throw.UnknownInt8Pattern(node.Label, "only DynamicQuantizeLinear with MatMulInteger or ConvInteger is known");
            }
        }
        OnnxNode[] nodes = [.. _graph.Nodes.Where(n => !removed.Contains(n)).Select(n => replacements.GetValueOrDefault(n) ?? RewriteInner(n))];
        OnnxGraph rewritten = Prune(_graph with { Nodes = [.. nodes], Initializers = [.. _graph.Initializers, .. _floats.Values] });
        return rewritten.Nodes.FirstOrDefault(IsPart) is OnnxNode left
            ? throw Throw.UnknownInt8Pattern(left.Label, "its outputs are used outside the known pattern") : rewritten;
    }

    private OnnxNode RewriteInner(OnnxNode node) => node.Attributes.All(a => !a.SubGraphs.Any()) ? node : node with
    {
        Attributes = [.. node.Attributes.Select(a => a with
        {
            Graph = a.Graph is null ? null : new Int8Pattern(a.Graph, this, _uses).Rewrite(),
            Graphs = [.. a.Graphs.Select(g => new Int8Pattern(g, this, _uses).Rewrite())],
        })],
    };

    private Match Find(OnnxNode product)
    {
        OnnxNode cast = OnlyReader(product, product.Outputs[0]);
        if (cast.OpType != "Cast" || cast.Int("to", 0) != (long)OnnxElementType.Float)
            throw Throw.UnknownInt8Pattern(product.Label, $"its result goes to {cast.Label}, expected a Cast to float");
        OnnxNode last = OnlyReader(product, cast.Outputs[0]);
        if (last.OpType != "Mul")
            throw Throw.UnknownInt8Pattern(product.Label, $"its result goes to {last.Label} after the Cast, expected a Mul by the scales");
        string scales = last.Inputs[0] == cast.Outputs[0] ? last.Inputs[1] : last.Inputs[0];
        OnnxNode? scaling = _producers.GetValueOrDefault(scales);
        if (scaling is not { OpType: "Mul" })
            throw Throw.UnknownInt8Pattern(product.Label, $"'{scales}' is not the product of two scales");

        OnnxNode? left = Quantizer(product, 0);
        OnnxNode? right = Quantizer(product, 1);
        if (left is null && right is null)
            throw Throw.UnknownInt8Pattern(product.Label, "neither operand comes from a DynamicQuantizeLinear of the same graph");
        string a = left is null ? Weights(product, 0, OtherScale(product, scaling, right!)) : left.Inputs[0];
        string b = right is null ? Weights(product, 1, OtherScale(product, scaling, left!)) : right.Inputs[0];
        if (left is not null && right is not null && OtherScale(product, scaling, left) != right.Outputs[1])
            throw Throw.UnknownInt8Pattern(product.Label, $"'{scales}' is not the product of its operands' scales");
        return new Match(cast, last, new OnnxNode
        {
            Name = product.Name,
            OpType = product.OpType == "MatMulInteger" ? "MatMul" : "Conv",
            Inputs = [a, b],
            Outputs = last.Outputs,
            Attributes = product.Attributes,
        });
    }

    private OnnxNode OnlyReader(OnnxNode product, string name) =>
        _uses[name] == 1 && _readers.TryGetValue(name, out List<OnnxNode>? readers) ? readers[0]
            : throw Throw.UnknownInt8Pattern(product.Label, $"'{name}' is used {_uses[name]} times, expected once");

    /// <summary>The DynamicQuantizeLinear that makes an operand, with its zero point; null where the operand is no such thing.</summary>
    private OnnxNode? Quantizer(OnnxNode product, int operand)
    {
        if (_producers.GetValueOrDefault(product.Inputs[operand]) is not { OpType: "DynamicQuantizeLinear" } quantizer)
            return null;
        string zeroPoint = product.Input(operand + 2);
        return quantizer.Outputs[0] == product.Inputs[operand] && quantizer.Outputs.Length == 3 && quantizer.Outputs[2] == zeroPoint ? quantizer
            : throw Throw.UnknownInt8Pattern(product.Label, $"its zero point '{zeroPoint}' is not that of {quantizer.Label}");
    }

    private static string OtherScale(OnnxNode product, OnnxNode scaling, OnnxNode quantizer)
    {
        int mine = scaling.Inputs.IndexOf(quantizer.Outputs[1]);
        return mine >= 0 ? scaling.Inputs[1 - mine]
            : throw Throw.UnknownInt8Pattern(product.Label, $"{scaling.Label} does not use the scale of {quantizer.Label}");
    }

    /// <summary>The name of the dequantised weights, made on first use.</summary>
    private string Weights(OnnxNode product, int operand, string scaleName)
    {
        OnnxTensor weights = Constant(product, product.Inputs[operand]);
        OnnxTensor scale = Constant(product, scaleName);
        string zeroName = product.Input(operand + 2);
        OnnxTensor? zero = zeroName.Length == 0 ? null : Constant(product, zeroName);
        string name = $"{weights.Name}|{scaleName}|{zeroName}{FloatSuffix}";
        if (!_floats.ContainsKey(name))
        {
            bool convolution = product.OpType == "ConvInteger";
            // The channels of a convolution's results are the first axis of its weights; those of a product with weights on the right are the last.
            int channelAxis = operand == 0 || weights.Dimensions.Length < 2 ? -1 : convolution ? 0 : weights.Dimensions.Length - 1;
            _floats.Add(name, Int8Weights.Dequantize(product.Label, name, weights, scale, zero, channelAxis, convolution));
        }
        return name;
    }

    private OnnxTensor Constant(OnnxNode product, string name)
    {
        for (Int8Pattern? scope = this; scope is not null; scope = scope._outer)
        {
            if (scope._constants.TryGetValue(name, out OnnxTensor? tensor))
                return tensor;
            // Tied weights: an output layer that uses the embedding table the other way round.
            if (scope._producers.GetValueOrDefault(name) is { OpType: "Transpose" } transpose && scope._constants.TryGetValue(transpose.Inputs[0], out tensor)
                && tensor.Dimensions.Length == 2 && tensor.ElementType.Bits() >= 8)
            {
                return transpose.Attribute("perm")?.Ints is [0, 1] ? tensor : scope._constants[name] = Int8Weights.Transpose(name, tensor);
            }
        }
        throw Throw.UnknownInt8Pattern(product.Label, $"'{name}' is no constant");
    }

    /// <summary>Takes out nodes and constants that nothing reads any more, last nodes first, and what is said about values that are gone.</summary>
    private OnnxGraph Prune(OnnxGraph graph)
    {
        HashSet<string> read = [.. graph.Outputs.Select(o => o.Name)];
        var kept = new List<OnnxNode>();
        foreach (OnnxNode node in graph.Nodes.Reverse())
        {
            // Nodes that nobody read before are the author's affair.
            if (node.Outputs.Any(read.Contains) || node.Outputs.All(o => _uses[o] == 0))
            {
                kept.Add(node);
                read.UnionWith(node.Inputs);
                foreach (OnnxGraph inner in node.Attributes.SelectMany(a => a.SubGraphs))
                    AddReads(inner, read);
            }
        }
        kept.Reverse();
        HashSet<string> made = [.. kept.SelectMany(n => n.Outputs)];
        return graph with
        {
            Nodes = [.. kept],
            Initializers = [.. graph.Initializers.Where(t => read.Contains(t.Name))],
            ValueInfo = [.. graph.ValueInfo.Where(v => made.Contains(v.Name))],
        };
    }

    private static void AddReads(OnnxGraph graph, HashSet<string> read)
    {
        foreach (OnnxNode node in graph.Nodes)
        {
            read.UnionWith(node.Inputs);
            foreach (OnnxGraph inner in node.Attributes.SelectMany(a => a.SubGraphs))
                AddReads(inner, read);
        }
        read.UnionWith(graph.Outputs.Select(o => o.Name));
    }

    private sealed record Match(OnnxNode Cast, OnnxNode Last, OnnxNode Float);
}
