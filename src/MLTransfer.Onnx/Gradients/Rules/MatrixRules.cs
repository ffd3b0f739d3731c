using System.Collections.Immutable;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients.Rules;

/// <summary>Products of matrices.</summary>
internal static class MatrixRules
{
    public static Dictionary<string, GradientRule> All { get; } = new()
    {
        ["MatMul"] = new(MatMul),
        ["Gemm"] = new(Gemm),
    };

    /// <summary>Y = A · B, stacked: dA = dY · Bᵀ, dB = Aᵀ · dY, each summed over the axes along which the operand was stretched.</summary>
    private static void MatMul(GradientNode n)
    {
        string a = n.X(0), b = n.X(1);
        int rankA = n.Rank(a), rankB = n.Rank(b);
        if (rankB == 2 && rankA >= 2 && n.Facts(b).FixedShape is not null)
        {
            // One matrix for all: the stack is rows of one tall matrix, and the sum over it is inside the product.
            long inner = n.Facts(b).Axes[0].First, outer = n.Facts(b).Axes[1].First;
            string dy = rankA == 2 ? n.Dy : n.Reshape(n.Dy, -1, outer);
            if (n.Wants(0))
            {
                string da = n.Emit("Gemm", [dy, b], OnnxAttribute.Of("transB", 1));
                n.Give(0, rankA == 2 ? da : n.ReshapeLike(da, a));
            }
            if (n.Wants(1))
                n.Give(1, n.Emit("Gemm", [rankA == 2 ? a : n.Reshape(a, -1, inner), dy], OnnxAttribute.Of("transA", 1)));
            return;
        }
        // A vector is a matrix of one row on the left and of one column on the right.
        string left = rankA == 1 ? n.Emit("Unsqueeze", [a, n.Integers(0)]) : a;
        string right = rankB == 1 ? n.Emit("Unsqueeze", [b, n.Integers(1)]) : b;
        string upstream = n.Dy;
        if (rankB == 1)
            upstream = n.Emit("Unsqueeze", [upstream, n.Integers(-1)]);
        if (rankA == 1)
            upstream = n.Emit("Unsqueeze", [upstream, n.Integers(-2)]);
        if (n.Wants(0))
            n.Give(0, Unstack(n, n.Emit("MatMul", [upstream, Transposed(n, right, Math.Max(rankB, 2))]), a, Stack(n)));
        if (n.Wants(1))
            n.Give(1, Unstack(n, n.Emit("MatMul", [Transposed(n, left, Math.Max(rankA, 2)), upstream]), b, Stack(n)));
    }

    /// <summary>Y = α · A' · B' + β · C, where ' transposes on request: dA' = α · dY · B'ᵀ, dB' = α · A'ᵀ · dY, dC = β · dY summed to C's shape.</summary>
    private static void Gemm(GradientNode n)
    {
        string a = n.X(0), b = n.X(1);
        bool transA = n.Node.Int("transA", 0) != 0, transB = n.Node.Int("transB", 0) != 0;
        float alpha = n.Node.Attribute("alpha")?.Float ?? 1, beta = n.Node.Attribute("beta")?.Float ?? 1;
        if (n.Wants(0))
            n.Give(0, transA ? Product(n, b, n.Dy, transB, true, alpha) : Product(n, n.Dy, b, false, !transB, alpha));
        if (n.Wants(1))
            n.Give(1, transB ? Product(n, n.Dy, a, true, transA, alpha) : Product(n, a, n.Dy, !transA, false, alpha));
        if (n.Has(2) && n.Wants(2))
            n.GiveStretched(2, beta == 1 ? n.Dy : n.Mul(n.Dy, n.Number(beta)));
    }

    private static string Product(GradientNode n, string a, string b, bool transA, bool transB, float alpha) => n.Emit("Gemm", [a, b],
        [.. transA ? [OnnxAttribute.Of("transA", 1)] : ImmutableArray<OnnxAttribute>.Empty, .. transB ? [OnnxAttribute.Of("transB", 1)] : ImmutableArray<OnnxAttribute>.Empty,
        .. alpha != 1 ? [OnnxAttribute.Of("alpha", alpha)] : ImmutableArray<OnnxAttribute>.Empty]);

    private static string Transposed(GradientNode n, string matrix, int rank)
    {
        long[] permutation = [.. Enumerable.Range(0, rank).Select(i => (long)i)];
        (permutation[^1], permutation[^2]) = (permutation[^2], permutation[^1]);
        return n.Transpose(matrix, [.. permutation]);
    }

    /// <summary>The stack axes of Y: those in front of its last two, counted as if both operands were matrices.</summary>
    private static ImmutableArray<ProbedAxis> Stack(GradientNode n)
    {
        ImmutableArray<ProbedAxis> axes = n.Facts(n.Y()).Axes;
        int matrix = (n.Rank(n.X(0)) > 1 ? 1 : 0) + (n.Rank(n.X(1)) > 1 ? 1 : 0);
        return axes[..(axes.Length - matrix)];
    }

    /// <summary>A gradient over all stack axes, summed to those that the operand has.</summary>
    private static string Unstack(GradientNode n, string gradient, string operand, ImmutableArray<ProbedAxis> stack)
    {
        ProbedValue facts = n.Facts(operand);
        if (facts.Rank == 1)
        {
            // The axis of size 1 that made it a matrix goes as well.
            bool isLeft = operand == n.X(0);
            gradient = n.Emit("Squeeze", [gradient, n.Integers(isLeft ? -2 : -1)]);
            return n.SumTo(gradient, new ProbedValue(facts.Type, [.. stack, facts.Axes[0]]), operand);
        }
        return n.SumTo(gradient, new ProbedValue(facts.Type, [.. stack, .. facts.Axes[^2..]]), operand);
    }
}
