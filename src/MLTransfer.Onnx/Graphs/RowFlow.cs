using System.Collections.Immutable;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// Walks a model in the order it runs and notes of each value whether a row's content reaches it, whether it holds real numbers, and on which axis
/// the rows lie as far as that can be told. Where the axis is lost (most reshapes) only reductions over the whole tensor are recognised: a wrong
/// alarm would make a good model slow.
/// </summary>
internal sealed class RowFlow
{
    // Each call inside a call is a level of the stack here.
    private const int DeepestCall = 64;

    private readonly OnnxModel _model;
    private readonly Dictionary<(string Domain, string Name), OnnxFunction> _functions = [];
    private readonly Dictionary<OnnxFunction, string?> _bodies = new(ReferenceEqualityComparer.Instance);
    private readonly List<string> _found = [];
    private int _callDepth;

    public RowFlow(OnnxModel model)
    {
        _model = model;
        foreach (OnnxFunction function in model.Functions)
            _functions.TryAdd((function.Domain, function.Name), function);
    }

    public RowIndependence Analyse()
    {
        var scope = new Scope(outer: null);
        HashSet<string> initialized = [.. _model.Graph.Initializers.Select(t => t.Name)];
        foreach (OnnxValue input in _model.Graph.Inputs.Where(i => !initialized.Contains(i.Name)))
            scope.States[input.Name] = new Flow(Reached: true, IsReal(input.ElementType), input is { IsRankKnown: true, Dimensions.Length: 0 } ? null : 0);
        Walk(_model.Graph, scope);
        return _found.Count switch
        {
            0 => new RowIndependence(false, "no operator mixes rows"),
            1 => new RowIndependence(true, _found[0]),
            int count => new RowIndependence(true, $"{_found[0]}, and {count - 1} more"),
        };
    }

    private static bool IsReal(OnnxElementType type) => type.IsReal() || type == OnnxElementType.Undefined;

    private void Walk(OnnxGraph graph, Scope scope)
    {
        foreach (OnnxTensor tensor in graph.Initializers)
            scope.Constants[tensor.Name] = tensor;
        Walk(graph.Nodes, scope);
    }

    private void Walk(ImmutableArray<OnnxNode> nodes, Scope scope)
    {
        foreach (OnnxNode node in nodes)
        {
            if (node is { IsStandard: true, OpType: "Constant" } && node.Attribute("value")?.Tensor is OnnxTensor constant && node.Outputs.Length > 0)
            {
                scope.Constants[node.Outputs[0]] = constant;
                continue;
            }
            Flow[] inputs = [.. node.Inputs.Select(scope.Find)];
            if (Mixes(node, inputs, scope) is string how)
                _found.Add($"{node.Label} {how}");
            Flow result = Inner(node, inputs, scope) ?? FlowRules.Result(node, inputs, scope.Constant);
            foreach (string output in node.Outputs)
                scope.States[output] = result;
        }
    }

    /// <summary>What a node with sub-graphs or a body delivers; null for all others.</summary>
    private Flow? Inner(OnnxNode node, Flow[] inputs, Scope scope)
    {
        Flow? result = null;
        foreach (OnnxGraph graph in node.Attributes.SelectMany(a => a.SubGraphs))
        {
            var inner = new Scope(scope);
            // A loop's state may be touched in any round, so it counts as touched from the first.
            foreach (OnnxValue input in graph.Inputs)
                inner.States[input.Name] = new Flow(Reached: true, IsReal(input.ElementType), RowAxis: null);
            Walk(graph, inner);
            foreach (OnnxValue output in graph.Outputs)
            {
                Flow flow = inner.Find(output.Name);
                result = result is null ? flow : FlowRules.Join(result.Value, flow);
            }
        }
        if (result is not null)
            return FlowRules.Join(result.Value, new Flow(inputs.Any(i => i.Reached), Real: false, RowAxis: null));
        if (!_functions.TryGetValue((node.Domain, node.OpType), out OnnxFunction? function) || !inputs.Any(i => i.Reached))
            return null;
        if (Body(function) is string how)
            _found.Add(how);
        return new Flow(Reached: true, inputs.Any(i => i.Real), RowAxis: null);
    }

    /// <summary>What mixes rows inside a function, each walked once: a call tree may be exponentially larger than the file.</summary>
    private string? Body(OnnxFunction function)
    {
        if (_bodies.TryGetValue(function, out string? known))
            return known;
        if (++_callDepth > DeepestCall)
            throw Throw.GraphBeyondLimit(_model.ProducerName, "functions that call each other", _callDepth, DeepestCall);
        _bodies[function] = null;
        var scope = new Scope(outer: null);
        foreach (string input in function.Inputs)
            scope.States[input] = new Flow(Reached: true, Real: true, RowAxis: null);
        int before = _found.Count;
        Walk(function.Nodes, scope);
        _callDepth--;
        string? how = _found.Count == before ? null : $"{_found[before]} in function {function.Name}";
        _found.RemoveRange(before, _found.Count - before);
        return _bodies[function] = how;
    }

    private static string? Mixes(OnnxNode node, Flow[] inputs, Scope scope)
    {
        if (inputs.Length == 0 || !inputs[0].Reached)
            return null;
        Flow data = inputs[0];
        if (node.OpType is "DynamicQuantizeLinear" or "DynamicQuantizeMatMul" or "DynamicQuantizeLSTM")
            return "scales by the largest value of the whole batch";
        if (!data.Real || !node.IsStandard)
            return null;
        switch (node.OpType)
        {
            case "BatchNormalization" when node.Int("training_mode", 0) == 1:
                return "normalises by the mean of the whole batch (training_mode)";
            case "MeanVarianceNormalization" when node.Attribute("axes")?.Ints is not { } axes || (data.RowAxis is int row && axes.Contains(row)):
                return "normalises by the mean of the whole batch";
            case "Softmax" or "LogSoftmax" or "Hardmax" or "LpNormalization" or "LayerNormalization"
                when data.RowAxis is int row && node.Attribute("axis")?.Int == row:
                return $"runs over axis {row}, where the rows are";
            case "CumSum" when data.RowAxis is int row && FlowRules.Axes(scope.Constant(node.Input(1))) is [long axis] && axis == row:
                return $"adds up along axis {row}, where the rows are";
            default:
                return node.OpType.StartsWith("Reduce", StringComparison.Ordinal) ? Reduces(node, data, scope) : null;
        }
    }

    private static string? Reduces(OnnxNode node, Flow data, Scope scope)
    {
        OnnxTensor? constant = scope.Constant(node.Input(1));
        long[]? axes = constant is not null ? FlowRules.Axes(constant) : node.Attribute("axes")?.Ints.ToArray();
        if (axes is null && node.Input(1).Length > 0)
            return null;
        if (axes is null or [])
            return node.Int("noop_with_empty_axes", 0) == 1 ? null : "reduces the whole batch to one number";
        return data.RowAxis is int row && axes.Contains(row) ? $"reduces over axis {row}, where the rows are" : null;
    }

    /// <summary>Names and what is known of them: a sub-graph sees those around it.</summary>
    private sealed class Scope(Scope? outer)
    {
        public Dictionary<string, Flow> States { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, OnnxTensor> Constants { get; } = new(StringComparer.Ordinal);

        public Flow Find(string name)
        {
            if (name.Length == 0)
                return default;
            for (Scope? scope = this; scope is not null; scope = scope.Outer)
            {
                if (scope.States.TryGetValue(name, out Flow flow))
                    return flow;
                if (scope.Constants.TryGetValue(name, out OnnxTensor? tensor))
                    return new Flow(Reached: false, tensor.ElementType.IsReal(), RowAxis: null);
            }
            // A file whose nodes are out of order: better one alarm too many than one too few.
            return new Flow(Reached: true, Real: true, RowAxis: null);
        }

        public OnnxTensor? Constant(string name)
        {
            for (Scope? scope = this; scope is not null; scope = scope.Outer)
            {
                if (scope.Constants.TryGetValue(name, out OnnxTensor? tensor))
                    return tensor;
            }
            return null;
        }

        private Scope? Outer { get; } = outer;
    }
}
