using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients.Rules;

/// <summary>
/// Sums of products by the letters of their axes: y = einsum("ab,bc->ac", A, B) has dA = einsum("ac,bc->ab", dy, B). Each operand's gradient is dy times the other operands, summed
/// to the operand's own letters.
/// </summary>
internal static class EinsumRule
{
    public static Dictionary<string, GradientRule> All { get; } = new()
    {
        ["Einsum"] = new(Backward) { Refusal = (node, _) => Refusal(node) },
    };

    private static void Backward(GradientNode n)
    {
        (string[] terms, string result) = Read(n.Node);
        for (int i = 0; i < n.InputCount; i++)
        {
            if (!n.Wants(i))
                continue;
            int[] others = [.. Enumerable.Range(0, n.InputCount).Where(j => j != i)];
            string equation = $"{string.Join(',', others.Select(j => terms[j]).Prepend(result))}->{terms[i]}";
            // A letter may stretch an axis of size 1.
            var shape = new ProbedValue(n.Facts(n.Y()).Type, [.. terms[i].Select(letter => Widest(n, terms, letter))]);
            n.GiveStretched(i, n.Emit("Einsum", [n.Dy, .. others.Select(n.X)], OnnxAttribute.Of("equation", equation)), shape);
        }
    }

    private static ProbedAxis Widest(GradientNode n, string[] terms, char letter) => terms.SelectMany((term, i) => n.Facts(n.X(i)).Axes.Where((_, a) => term[a] == letter))
        .OrderBy(axis => axis.IsOne).First();

    private static string? Refusal(OnnxNode node)
    {
        string equation = Equation(node);
        if (equation.Contains('.', StringComparison.Ordinal))
            return $"its equation '{equation}' has axes without letters ('...'); state them";
        (string[] terms, string result) = Read(node);
        for (int i = 0; i < terms.Length; i++)
        {
            string term = terms[i];
            if (term.Distinct().Count() < term.Length)
                return $"'{term}' in its equation '{equation}' takes a diagonal, which the gradient rule does not cover";
            string elsewhere = string.Concat(terms.Where((_, j) => j != i).Prepend(result));
            if (term.FirstOrDefault(letter => !elsewhere.Contains(letter, StringComparison.Ordinal)) is char alone and not '\0')
                return $"axis '{alone}' in its equation '{equation}' is summed over in one operand alone, which the gradient rule does not cover; sum it with ReduceSum";
        }
        return null;
    }

    /// <summary>The letters of each operand and of the result. Where the result is not stated, it has the letters that appear once, in order.</summary>
    private static (string[] Terms, string Result) Read(OnnxNode node)
    {
        string[] sides = Equation(node).Split("->");
        string[] terms = sides[0].Split(',');
        string letters = string.Concat(terms);
        return (terms, sides.Length > 1 ? sides[1] : string.Concat(letters.Where(c => letters.Count(d => d == c) == 1).Order()));
    }

    private static string Equation(OnnxNode node) => (node.Attribute("equation")?.Text ?? "").Replace(" ", "", StringComparison.Ordinal);
}
