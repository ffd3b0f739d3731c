using System.Collections.Frozen;
using MLTransfer.Onnx.Gradients.Rules;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients;

/// <summary>The rules by operator, for graphs of <see cref="OpsetUpgrade.Version"/>.</summary>
internal static class GradientRules
{
    private static readonly FrozenDictionary<string, GradientRule> All = new Dictionary<string, GradientRule>[]
    {
        ActivationRules.All,
        ConvolutionRules.All,
        EinsumRule.All,
        ElementwiseRules.All,
        IndexRules.All,
        MatrixRules.All,
        NormalizationRules.All,
        PoolingRules.All,
        ReductionRules.All,
        ResizeRules.All,
        ShapeRules.All,
        StepRules.All,
    }.SelectMany(family => family).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The operators that have a rule, in order.</summary>
    public static IEnumerable<string> Operators => All.Keys.Order(StringComparer.Ordinal);

    /// <summary>The node's rule; null where there is none.</summary>
    /// <param name="node">The node.</param>
    /// <param name="index">The constants of its graph.</param>
    /// <param name="problem">Why there is none.</param>
    public static GradientRule? Find(OnnxNode node, NodeIndex index, out string? problem)
    {
        problem = null;
        if (!node.IsStandard)
            problem = $"operator {node.Domain}.{node.OpType} belongs to a fused or custom operator set";
        else if (node.Attributes.Any(a => a.SubGraphs.Any()))
            problem = $"operator {node.OpType} is control flow";
        else if (!All.TryGetValue(node.OpType, out GradientRule? rule))
            problem = $"operator {node.OpType} has no gradient rule";
        else if ((problem = rule.Refusal(node, index)) is null)
            return rule;
        return null;
    }
}
