using System.Globalization;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Gradients;

/// <summary>The nodes of one model on their way to <see cref="OpsetUpgrade.Version"/>, sub-graphs included. Source: the change log of ONNX's operators. One model, one use.</summary>
internal sealed class OpsetRaising
{
    private readonly long _from;
    private readonly string _model;
    private readonly HashSet<string> _names;
    private readonly NameUses _uses;
    private int _count;

    // Of the graph that is being raised.
    private List<OnnxNode> _nodes = [];
    private List<OnnxTensor> _constants = [];
    private NodeIndex _index;
    private Dictionary<string, OnnxValue> _values = new(StringComparer.Ordinal);

    /// <param name="model">The model.</param>
    /// <param name="name">Its name, for messages.</param>
    public OpsetRaising(OnnxModel model, string name)
    {
        _from = model.Opset;
        _model = name;
        _uses = new NameUses(model.Graph);
        _index = new NodeIndex(model.Graph);
        _names = [.. model.AllGraphs().SelectMany(g => g.Nodes.SelectMany(n => n.Outputs).Concat(g.Inputs.Select(i => i.Name)).Concat(g.Initializers.Select(t => t.Name)))];
    }

    /// <summary>Whether a node's conversion needs the rank or the type of its first input.</summary>
    public static bool DependsOnInput(OnnxNode node, long from) => node.IsStandard && node.OpType switch
    {
        "Softmax" or "LogSoftmax" or "Hardmax" => from < 13 && node.Int("axis", 1) != -1,
        "Clip" => from < 11 && (node.Attribute("min") ?? node.Attribute("max")) is not null,
        "Pad" => from < 11 && node.Attribute("value") is { Float: not 0 },
        _ => false,
    };

    /// <summary>Types and ranks of a graph's values as the file states them.</summary>
    public static Dictionary<string, OnnxValue> Stated(OnnxGraph graph)
    {
        Dictionary<string, OnnxValue> stated = new(StringComparer.Ordinal);
        foreach (OnnxValue value in graph.Inputs.Concat(graph.ValueInfo).Concat(graph.Outputs).Where(v => v.IsRankKnown && v.ElementType != OnnxElementType.Undefined))
            stated.TryAdd(value.Name, value);
        return stated;
    }

    /// <summary>The graph raised.</summary>
    /// <param name="graph">The main graph or, from within, a sub-graph.</param>
    /// <param name="values">Types and ranks of its values, as far as they are known. Branches may use one name for different values.</param>
    public OnnxGraph Raise(OnnxGraph graph, Dictionary<string, OnnxValue> values)
    {
        (List<OnnxNode> nodes, List<OnnxTensor> constants, NodeIndex index, Dictionary<string, OnnxValue> outer) = (_nodes, _constants, _index, _values);
        (_nodes, _constants, _index, _values) = ([], [], new NodeIndex(graph), values);
        foreach (OnnxNode node in graph.Nodes)
            Raise(node);
        OnnxGraph raised = graph with { Nodes = [.. _nodes], Initializers = [.. graph.Initializers, .. _constants] };
        (_nodes, _constants, _index, _values) = (nodes, constants, index, outer);
        return raised;
    }

    private void Raise(OnnxNode node)
    {
        if (node.Attributes.Any(a => a.SubGraphs.Any()))
            node = node with { Attributes = [.. node.Attributes.Select(Raise)] };
        if (!node.IsStandard)
        {
            _nodes.Add(node);
            return;
        }
        switch (node.OpType)
        {
            case "Squeeze" or "Unsqueeze" or "ReduceSum" when _from < 13:
                _nodes.Add(AttributesToInputs(node, (1, "axes")));
                break;
            case "Split" when _from < 13:
                _nodes.Add(AttributesToInputs(node, (1, "split")));
                break;
            case "Slice" when _from < 10:
                _nodes.Add(AttributesToInputs(node, (1, "starts"), (2, "ends"), (3, "axes")));
                break;
            case "TopK" when _from < 10:
                _nodes.Add(Without(node, "k") with { Inputs = [node.Input(0), Integers(node.Int("k", 1))] });
                break;
            case "Clip" when _from < 11:
                _nodes.Add(Trimmed(Without(node, "min", "max") with { Inputs = [node.Input(0), Real(node, "min"), Real(node, "max")] }));
                break;
            case "Pad" when _from < 11:
                OnnxNode padded = AttributesToInputs(node, (1, "pads"));
                _nodes.Add(node.Attribute("value") is { Float: not 0 } ? Without(padded, "value") with { Inputs = [.. padded.Inputs, Real(node, "value")] } : Without(padded, "value"));
                break;
            case "Dropout" when _from < 12:
                RaiseDropout(node);
                break;
            case "Softmax" or "LogSoftmax" or "Hardmax" when _from < 13:
                RaiseSoftmax(node);
                break;
            case "BatchNormalization" when _from < 14:
                RaiseNormalization(node);
                break;
            case "Upsample" or "Resize" when _from < 11:
                RaiseResize(node);
                break;
            case "Resize" when _from < 13 && node.Input(3).Length > 0:
                // An empty tensor stood for scales that are not stated.
                _nodes.Add(node with { Inputs = node.Inputs.SetItem(2, "") });
                break;
            case "Scatter":
                _nodes.Add(node with { OpType = "ScatterElements" });
                break;
            case "RoiAlign" when _from < 16 && node.Attribute("coordinate_transformation_mode") is null:
                _nodes.Add(node with { Attributes = [.. node.Attributes, OnnxAttribute.Of("coordinate_transformation_mode", "output_half_pixel")] });
                break;
            case "Scan" when _from < 9:
                throw Throw.OpsetNotRaised(_model, node.Label, "it scans over batches, which newer operators do not");
            default:
                _nodes.Add(node);
                break;
        }
    }

    private OnnxAttribute Raise(OnnxAttribute attribute) => attribute with
    {
        Graph = attribute.Graph is null ? null : Raise(attribute.Graph, Stated(attribute.Graph)),
        Graphs = [.. attribute.Graphs.Select(g => Raise(g, Stated(g)))],
    };

    /// <summary>Below 12 a graph that is only run drops nothing, and the ratio says nothing.</summary>
    private void RaiseDropout(OnnxNode node)
    {
        if (_from < 10 && node.Outputs.Length > 1 && _uses[node.Outputs[1]] > 0)
            throw Throw.OpsetNotRaised(_model, node.Label, $"its mask '{node.Outputs[1]}' is read, which was of another type then");
        _nodes.Add(Without(node, "ratio", "is_test"));
    }

    /// <summary>
    /// Below 13 the axes from the stated one on are one distribution: the same as now where that is the last axis, else the matrix of which it makes the columns is normalised.
    /// </summary>
    private void RaiseSoftmax(OnnxNode node)
    {
        string x = node.Input(0);
        long axis = node.Int("axis", 1);
        OnnxNode last = Without(node, "axis") with { Attributes = [OnnxAttribute.Of("axis", -1)] };
        if (axis == -1 || (_values.TryGetValue(x, out OnnxValue? value) && axis == value.Dimensions.Length - 1))
        {
            _nodes.Add(last);
            return;
        }
        string rows = Emit("Flatten", node, [x], OnnxAttribute.Of("axis", axis));
        string result = FreshName(node.OpType);
        _nodes.Add(last with { Inputs = [rows], Outputs = [result] });
        string shape = Emit("Shape", node, [x]);
        _nodes.Add(new OnnxNode { Name = $"{node.Name}_back", OpType = "Reshape", Inputs = [result, shape], Outputs = node.Outputs });
    }

    private void RaiseNormalization(OnnxNode node)
    {
        if (node.Int("spatial", 1) == 0)
            throw Throw.OpsetNotRaised(_model, node.Label, "it has statistics for each place (spatial = 0)");
        if (node.Outputs.Skip(1).Any(o => o.Length > 0 && _uses[o] > 0))
            throw Throw.OpsetNotRaised(_model, node.Label, "it gives its statistics as outputs, which asks for training; export the model for inference");
        _nodes.Add(Without(node, "spatial", "is_test") with { Outputs = [node.Outputs[0]] });
    }

    /// <summary>Below 11 places were multiplied by the scale alone, and the nearest one was the one before when a picture grew and the one behind when it shrank.</summary>
    private void RaiseResize(OnnxNode node)
    {
        string scales = node.Attribute("scales") is OnnxAttribute stated ? Constant(name => OnnxTensor.Of(name, stated.Floats.AsSpan(), stated.Floats.Length)) : node.Input(1);
        bool isNearest = (node.Attribute("mode")?.Text ?? "nearest") == "nearest";
        float[]? known = node.Attribute("scales")?.Floats.ToArray() ?? _index.Constant(scales)?.ToFloats();
        bool shrinks = known?.Any(s => s < 1) == true;
        if (isNearest && node.OpType == "Resize" && (known is null || (shrinks && known.Any(s => s > 1))))
            throw Throw.OpsetNotRaised(_model, node.Label, known is null ? "its scales are computed" : "it grows along one axis and shrinks along another");
        _nodes.Add(new OnnxNode
        {
            Name = node.Name,
            OpType = "Resize",
            Inputs = [node.Input(0), "", scales],
            Outputs = node.Outputs,
            Attributes = [OnnxAttribute.Of("mode", isNearest ? "nearest" : "linear"), OnnxAttribute.Of("coordinate_transformation_mode", "asymmetric"),
                OnnxAttribute.Of("nearest_mode", shrinks ? "ceil" : "floor")],
        });
    }

    /// <summary>The node with attributes of integers turned into inputs.</summary>
    private OnnxNode AttributesToInputs(OnnxNode node, params ReadOnlySpan<(int Index, string Name)> attributes)
    {
        List<string> inputs = [.. node.Inputs];
        foreach ((int index, string name) in attributes)
        {
            while (inputs.Count <= index)
                inputs.Add("");
            if (node.Attribute(name) is OnnxAttribute stated)
                inputs[index] = Integers(stated.Ints.AsSpan());
            node = Without(node, name);
        }
        return Trimmed(node with { Inputs = [.. inputs] });
    }

    private static OnnxNode Trimmed(OnnxNode node)
    {
        int count = node.Inputs.Length;
        while (count > 0 && node.Inputs[count - 1].Length == 0)
            count--;
        return node with { Inputs = node.Inputs[..count] };
    }

    private static OnnxNode Without(OnnxNode node, params string[] attributes) => node with { Attributes = [.. node.Attributes.Where(a => !attributes.Contains(a.Name))] };

    private string Integers(params ReadOnlySpan<long> values)
    {
        long[] copy = values.ToArray();
        return Constant(name => OnnxTensor.Of(name, copy, copy.Length));
    }

    /// <summary>A real attribute as a constant of the type of the node's first input; empty where it is absent.</summary>
    private string Real(OnnxNode node, string attribute)
    {
        if (node.Attribute(attribute) is not OnnxAttribute stated)
            return "";
        OnnxElementType type = _values.GetValueOrDefault(node.Input(0))?.ElementType ?? _index.Constant(node.Input(0))?.ElementType ?? OnnxElementType.Undefined;
        if (type == OnnxElementType.Double)
            return Constant(name => OnnxTensor.Of(name, type, (ReadOnlySpan<double>)[stated.Float]));
        if (type == OnnxElementType.Float16)
            return Constant(name => OnnxTensor.Of(name, type, (ReadOnlySpan<Half>)[(Half)stated.Float]));
        string real = Constant(name => OnnxTensor.Of(name, (ReadOnlySpan<float>)[stated.Float]));
        return type == OnnxElementType.Float ? real : Emit("CastLike", node, [real, node.Input(0)]);
    }

    private string Constant(Func<string, OnnxTensor> make)
    {
        string name = FreshName("constant");
        _constants.Add(make(name));
        return name;
    }

    private string Emit(string opType, OnnxNode origin, ReadOnlySpan<string> inputs, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        string output = FreshName(opType);
        _nodes.Add(new OnnxNode { Name = $"{origin.Name}_{opType}", OpType = opType, Inputs = [.. inputs], Outputs = [output], Attributes = [.. attributes] });
        return output;
    }

    private string FreshName(string what)
    {
        string name;
        do
            name = string.Create(CultureInfo.InvariantCulture, $"raised_{_count++}_{what}");
        while (!_names.Add(name));
        return name;
    }
}
