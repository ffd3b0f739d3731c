using System.Globalization;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Gradients;

/// <summary>
/// What is written while a graph is gone through backwards: the nodes of the backward half, the constants they need, and for each value what its readers have sent back. One
/// graph, one use; not thread-safe.
/// </summary>
internal sealed class GradientTape
{
    private readonly HashSet<string> _names;
    private readonly Dictionary<string, List<string>> _sent = new(StringComparer.Ordinal);
    private readonly Dictionary<(OnnxElementType, string), string> _numbers = [];
    private readonly Dictionary<string, string[]> _widened = new(StringComparer.Ordinal);
    private int _count;

    /// <param name="graph">The forward half.</param>
    /// <param name="shapes">Its types and shapes.</param>
    /// <param name="active">The values that have a gradient.</param>
    public GradientTape(OnnxGraph graph, ProbedShapes shapes, IReadOnlySet<string> active)
    {
        _names = [.. graph.Nodes.SelectMany(n => n.Outputs), .. graph.Inputs.Select(i => i.Name), .. graph.Initializers.Select(t => t.Name)];
        Index = new NodeIndex(graph);
        Shapes = shapes;
        Active = active;
    }

    /// <summary>The constants and nodes of the forward half.</summary>
    public NodeIndex Index { get; }

    public ProbedShapes Shapes { get; }

    public IReadOnlySet<string> Active { get; }

    /// <summary>The backward half, in the order it runs.</summary>
    public List<OnnxNode> Nodes { get; } = [];

    public List<OnnxTensor> Constants { get; } = [];

    /// <summary>The constant of this name, or null.</summary>
    public OnnxTensor? Constant(string name) => Index.Constant(name);

    /// <summary>The type and shape of a value of the forward half.</summary>
    public ProbedValue Facts(string value) => Shapes[value] ?? throw Throw.ValueWithoutShape(value);

    public string[] Emit(string operatorType, ReadOnlySpan<string> inputs, int outputCount, ReadOnlySpan<OnnxAttribute> attributes)
    {
        string[] outputs = [.. Enumerable.Range(0, outputCount).Select(_ => FreshName(operatorType))];
        Nodes.Add(new OnnxNode { Name = outputs[0], OpType = operatorType, Inputs = [.. inputs], Outputs = [.. outputs], Attributes = [.. attributes] });
        return outputs;
    }

    /// <summary>A constant; equal ones share a tensor.</summary>
    public string Number(OnnxElementType type, double value)
    {
        string key = value.ToString("R", CultureInfo.InvariantCulture);
        if (!_numbers.TryGetValue((type, key), out string? name))
        {
            name = FreshName("number");
            _numbers.Add((type, key), name);
            Constants.Add(type switch
            {
                OnnxElementType.Float => OnnxTensor.Of(name, type, (ReadOnlySpan<float>)[(float)value]),
                OnnxElementType.Double => OnnxTensor.Of(name, type, (ReadOnlySpan<double>)[value]),
                OnnxElementType.Int64 => OnnxTensor.Of(name, type, (ReadOnlySpan<long>)[(long)value]),
                _ => throw Throw.GradientType(type),
            });
        }
        return name;
    }

    /// <summary>A vector of integers as a constant.</summary>
    public string Integers(params ReadOnlySpan<long> values)
    {
        string key = string.Join(',', values.ToArray());
        if (!_numbers.TryGetValue((OnnxElementType.Undefined, key), out string? name))
        {
            name = FreshName("integers");
            _numbers.Add((OnnxElementType.Undefined, key), name);
            Constants.Add(OnnxTensor.Of(name, values, values.Length));
        }
        return name;
    }

    /// <summary>A matrix as a constant.</summary>
    public string Matrix(OnnxElementType type, float[] values, long rows, long columns)
    {
        string name = FreshName("matrix");
        Constants.Add(type switch
        {
            OnnxElementType.Float => OnnxTensor.Of(name, values, rows, columns),
            OnnxElementType.Double => OnnxTensor.Of(name, type, (ReadOnlySpan<double>)[.. values.Select(v => (double)v)], rows, columns),
            _ => throw Throw.GradientType(type),
        });
        return name;
    }

    /// <summary>Adds to what a value's readers have sent back.</summary>
    public void Send(string value, string gradient)
    {
        if (!_sent.TryGetValue(value, out List<string>? gradients))
            _sent.Add(value, gradients = []);
        gradients.Add(gradient);
    }

    /// <summary>The gradient of a value once all its readers have been gone through; null where none sent any.</summary>
    public string? Gradient(string value)
    {
        if (!_sent.TryGetValue(value, out List<string>? gradients))
            return null;
        if (gradients.Count > 1)
        {
            string sum = Emit("Sum", [.. gradients], 1, [])[0];
            gradients.Clear();
            gradients.Add(sum);
        }
        return gradients[0];
    }

    /// <summary>
    /// An output that the forward node has only on request, such as the places of MaxPool's maxima. The forward half is then <see cref="Widen"/>ed by it.
    /// </summary>
    public string ExtraOutput(OnnxNode node, int index)
    {
        if (!_widened.TryGetValue(node.Outputs[0], out string[]? outputs))
            outputs = [.. node.Outputs];
        if (outputs.Length <= index)
            outputs = [.. outputs, .. Enumerable.Repeat("", index + 1 - outputs.Length)];
        if (outputs[index].Length == 0)
            outputs[index] = FreshName(node.OpType);
        _widened[node.Outputs[0]] = outputs;
        return outputs[index];
    }

    /// <summary>The forward node with the outputs that were asked for.</summary>
    public OnnxNode Widen(OnnxNode node) =>
        node.Outputs.Length > 0 && _widened.TryGetValue(node.Outputs[0], out string[]? outputs) ? node with { Outputs = [.. outputs] } : node;

    private string FreshName(string what)
    {
        string name;
        do
            name = string.Create(CultureInfo.InvariantCulture, $"gradient_{_count++}_{what}");
        while (!_names.Add(name));
        return name;
    }
}
