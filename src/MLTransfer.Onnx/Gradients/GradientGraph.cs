using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Gradients;

/// <summary>
/// Reverse-mode differentiation: from a graph that computes a number L to one that computes L and its gradients. The result is an ordinary model that any ONNX Runtime runs;
/// its outputs are those of the forward model and then one gradient for each parameter.
/// </summary>
/// <remarks>Reference: Griewank and Walther (2008), "Evaluating Derivatives", chapter 3 (reverse mode, one adjoint for each value, summed over its readers).</remarks>
internal static class GradientGraph
{
    /// <summary>Differentiates a model.</summary>
    /// <param name="model">The forward half, in operators of <see cref="OpsetUpgrade.Version"/>. Not changed.</param>
    /// <param name="loss">The value L: one number.</param>
    /// <param name="parameters">Initializers, or inputs, with respect to which L is differentiated. Initializers become inputs of the result.</param>
    /// <param name="shapes">Types and shapes of the model's values.</param>
    /// <param name="name">The model's name, for messages.</param>
    /// <exception cref="NotSupportedException">A node between a parameter and L has no rule.</exception>
    /// <exception cref="ArgumentException">L does not depend on a parameter.</exception>
    public static GradientModel Of(OnnxModel model, string loss, IReadOnlyCollection<string> parameters, ProbedShapes shapes, string name)
    {
        OnnxGraph graph = model.Graph;
        HashSet<string> active = ActiveValues.Between(graph, parameters, loss, shapes);
        foreach (string parameter in parameters)
        {
            if (!active.Contains(parameter))
                throw Throw.ParameterWithoutEffect(name, parameter, loss);
        }
        var tape = new GradientTape(graph, shapes, active);
        tape.Send(loss, tape.Number(tape.Facts(loss).Type, 1));
        foreach (OnnxNode node in graph.Nodes.Reverse())
        {
            if (!node.Outputs.Any(active.Contains))
                continue;
            string?[] upstream = [.. node.Outputs.Select(o => active.Contains(o) ? tape.Gradient(o) : null)];
            if (upstream.All(u => u is null))
                continue;
            GradientRule rule = GradientRules.Find(node, tape.Index, out string? problem) ?? throw Throw.NoGradientRule(name, node.Label, problem!, Trainability.Of(graph, loss, shapes).NearestCut);
            rule.Backward(new GradientNode(tape, node, upstream));
        }
        Dictionary<string, string> gradients = parameters.ToDictionary(p => p, p => tape.Gradient(p) ?? throw Throw.ParameterWithoutEffect(name, p, loss), StringComparer.Ordinal);
        return new GradientModel(Join(model, tape, gradients, shapes), gradients);
    }

    private static OnnxModel Join(OnnxModel model, GradientTape tape, Dictionary<string, string> gradients, ProbedShapes shapes)
    {
        OnnxGraph graph = model.Graph;
        HashSet<string> known = [.. graph.Inputs.Select(i => i.Name)];
        // A gradient may be another value's too, as where two parameters are added: each output needs a name of its own.
        var outputs = new List<OnnxValue>();
        HashSet<string> taken = [.. graph.Outputs.Select(o => o.Name)];
        foreach ((string parameter, string gradient) in gradients.ToArray())
        {
            string output = gradient;
            if (!taken.Add(output))
            {
                output = tape.Emit("Identity", [gradient], 1, [])[0];
                taken.Add(output);
                gradients[parameter] = output;
            }
            outputs.Add(Describe(output, shapes[parameter]!));
        }
        return model.WithGraph(graph with
        {
            Nodes = [.. graph.Nodes.Select(tape.Widen), .. tape.Nodes],
            Initializers = [.. graph.Initializers.Where(t => !gradients.ContainsKey(t.Name)), .. tape.Constants],
            Inputs = [.. graph.Inputs, .. gradients.Keys.Where(p => !known.Contains(p)).Select(p => Describe(p, shapes[p]!))],
            Outputs = [.. graph.Outputs, .. outputs],
        });
    }

    private static OnnxValue Describe(string name, ProbedValue facts) => new()
    {
        Name = name,
        ElementType = facts.Type,
        Dimensions = [.. facts.Axes.Select(a => a.IsFixed ? a.First : default(OnnxDimension))],
    };
}

/// <summary>A model with gradients, and which of its outputs is the gradient of which parameter.</summary>
internal sealed record GradientModel(OnnxModel Model, IReadOnlyDictionary<string, string> Gradients);
