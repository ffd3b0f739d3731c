using System.Collections.Immutable;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients;

/// <summary>Which values of a graph can be reached backwards from L over nodes that all have a rule. Made before anything is trained.</summary>
internal sealed class Trainability
{
    private readonly Dictionary<string, string> _problems;
    private readonly HashSet<string> _onTheWay;

    private Trainability(HashSet<string> onTheWay, Dictionary<string, string> problems, string? nearestCut)
    {
        _onTheWay = onTheWay;
        _problems = problems;
        NearestCut = nearestCut;
    }

    /// <summary>The value behind the last node without a rule: all parameters behind it can be trained. Null where every node has one.</summary>
    public string? NearestCut { get; }

    /// <summary>Why a value has no gradient: the node in the way and what is wrong with it; null where it has one.</summary>
    public string? Problem(string value) => _problems.TryGetValue(value, out string? problem) ? problem : _onTheWay.Contains(value) ? null : "the output does not depend on it";

    public static Trainability Of(OnnxGraph graph, string loss, ProbedShapes? shapes = null)
    {
        HashSet<string> onTheWay = [loss];
        Dictionary<string, string> problems = new(StringComparer.Ordinal);
        string? cut = null;
        var index = new NodeIndex(graph);
        foreach (OnnxNode node in graph.Nodes.Reverse())
        {
            if (!node.Outputs.Any(onTheWay.Contains))
                continue;
            string? problem = node.Outputs.Select(o => problems.GetValueOrDefault(o)).FirstOrDefault(p => p is not null);
            GradientRule? rule = GradientRules.Find(node, index, out string? own);
            // Only what carries real numbers needs a rule: shapes, indices and masks are handed on as they are.
            if (rule is null && node.Outputs.All(o => shapes?[o]?.Type.IsReal() == false))
                continue;
            if (rule is null)
            {
                problem ??= $"{node.Label}: {own}";
                cut ??= node.Outputs[0];
            }
            foreach (string input in ActiveValues.Entering(node, index))
            {
                onTheWay.Add(input);
                if (problem is not null)
                    problems.TryAdd(input, problem);
            }
        }
        return new Trainability(onTheWay, problems, cut);
    }
}
