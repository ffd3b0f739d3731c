using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients.Rules;

/// <summary>Numbers shifted and scaled by statistics: given ones, or their own.</summary>
/// <remarks>
/// With x̂ = (x − mean) · r, r = 1 / √(variance + ε), both statistics taken over some axes of x itself, and g the gradient of x̂:
/// dx = r · (g − mean g − x̂ · mean (g · x̂)), the means over the same axes.
/// </remarks>
internal static class NormalizationRules
{
    public static Dictionary<string, GradientRule> All { get; } = new()
    {
        ["BatchNormalization"] = new(BatchNormalization) { InputCount = 3, Refusal = BatchProblem },
        ["LayerNormalization"] = new(LayerNormalization),
        ["InstanceNormalization"] = new(InstanceNormalization),
        ["GroupNormalization"] = new(GroupNormalization) { Refusal = GroupProblem },
        // y = x̂, ε aside
        ["MeanVarianceNormalization"] = new(n =>
        {
            string x = n.X(0);
            long[] axes = n.Node.Attribute("axes")?.Ints is { Length: > 0 } stated ? [.. stated.Select(a => (long)n.Axis(a, x))] : [0, 2, 3];
            string deviation = n.Emit("Sqrt", [n.Mean(n.Square(n.Sub(x, n.Mean(x, x, axes))), x, axes)]);
            n.Give(0, Standardized(n, n.Dy, n.Y(), n.Emit("Reciprocal", [deviation]), axes));
        }),
        ["LpNormalization"] = new(LpNormalization),
        ["LRN"] = new(LocalResponse),
    };

    private static string? BatchProblem(OnnxNode node, NodeIndex graph) => node.Int("training_mode", 0) != 0 || node.Outputs.Skip(1).Any(o => o.Length > 0)
        ? "BatchNormalization is in training mode, in which rows of a batch change one another; export the model in evaluation mode (model.eval() in PyTorch)" : null;

    // Versions before 21 had one γ for each group; where there are as many groups as channels, that is the same.
    private static string? GroupProblem(OnnxNode node, NodeIndex graph) => graph.Constant(node.Input(1)) is { Dimensions: [var count] } scale && count == node.Int("num_groups", 1)
        ? $"GroupNormalization has a scale '{scale.Name}' for each group, as before version 21; export the model with a later version" : null;

    /// <summary>
    /// y = x̂ · γ + β for each channel with the file's mean and variance, which stay as they are: dx = dy · γ · r, dγ = Σ dy · x̂, dβ = Σ dy, the sums over rows and places.
    /// </summary>
    private static void BatchNormalization(GradientNode n)
    {
        int rank = n.Rank(n.X(0));
        string scale = n.X(1);
        string r = n.Emit("Reciprocal", [n.Emit("Sqrt", [n.Add(n.X(4), Epsilon(n))])]);
        if (n.Wants(0))
            n.Give(0, n.Mul(n.Dy, PerChannel(n, n.Mul(scale, r), rank)));
        if (n.Wants(1))
        {
            string centred = n.Sub(n.X(0), PerChannel(n, n.X(3), rank));
            n.Give(1, n.Mul(OverRowsAndPlaces(n, n.Mul(n.Dy, centred), rank), r));
        }
        if (n.Wants(2))
            n.Give(2, OverRowsAndPlaces(n, n.Dy, rank));
    }

    /// <summary>y = x̂ · γ + β, the statistics over the last axes: g = dy · γ, dγ = Σ dy · x̂, dβ = Σ dy. The operator tells mean and r, in float whatever x is.</summary>
    private static void LayerNormalization(GradientNode n)
    {
        string x = n.X(0);
        int rank = n.Rank(x), first = n.Axis(n.Node.Int("axis", -1), x);
        long[] axes = [.. Enumerable.Range(first, rank - first).Select(i => (long)i)];
        if (n.Wants(0) || n.Wants(1))
        {
            string mean, r;
            if (n.Facts(x).Type == OnnxElementType.Float)
                (mean, r) = (n.ExtraY(1), n.ExtraY(2));
            else
                (mean, r) = Statistics(n, x, axes);
            string normal = n.Mul(n.Sub(x, mean), r);
            if (n.Wants(0))
                n.Give(0, Standardized(n, n.Mul(n.Dy, n.X(1)), normal, r, axes));
            if (n.Wants(1))
                n.GiveStretched(1, n.Mul(n.Dy, normal));
        }
        if (n.Has(2))
            n.GiveStretched(2, n.Dy);
    }

    /// <summary>y = x̂ · γ + β for each channel, the statistics over the places of each row: g = dy · γ, dγ = Σ dy · x̂, dβ = Σ dy.</summary>
    private static void InstanceNormalization(GradientNode n)
    {
        string x = n.X(0);
        int rank = n.Rank(x);
        long[] axes = Places(rank);
        if (n.Wants(0) || n.Wants(1))
        {
            (string mean, string r) = Statistics(n, x, axes);
            string normal = n.Mul(n.Sub(x, mean), r);
            if (n.Wants(0))
                n.Give(0, Standardized(n, n.Mul(n.Dy, PerChannel(n, n.X(1), rank)), normal, r, axes));
            if (n.Wants(1))
                n.Give(1, OverRowsAndPlaces(n, n.Mul(n.Dy, normal), rank));
        }
        if (n.Wants(2))
            n.Give(2, OverRowsAndPlaces(n, n.Dy, rank));
    }

    /// <summary>y = x̂ · γ + β, the statistics over the channels of a group and their places, γ and β for each channel: g = dy · γ, dγ = Σ dy · x̂, dβ = Σ dy.</summary>
    private static void GroupNormalization(GradientNode n)
    {
        string x = n.X(0);
        int rank = n.Rank(x);
        if (n.Wants(0) || n.Wants(1))
        {
            string grouped = Grouped(n, x);
            string share = n.Emit("Reciprocal", [n.CastTo(n.Emit("Shape", [grouped], OnnxAttribute.Of("start", 2), OnnxAttribute.Of("end", 3)), n.Facts(x).Type)]);
            string centred = n.Sub(grouped, Mean(grouped));
            string r = n.Emit("Reciprocal", [n.Emit("Sqrt", [n.Add(Mean(n.Square(centred)), Epsilon(n))])]);
            string normal = n.Mul(centred, r);
            if (n.Wants(0))
            {
                string g = Grouped(n, n.Mul(n.Dy, PerChannel(n, n.X(1), rank)));
                n.Give(0, n.ReshapeLike(n.Mul(r, n.Sub(n.Sub(g, Mean(g)), n.Mul(normal, Mean(n.Mul(g, normal))))), x));
            }
            if (n.Wants(1))
                n.Give(1, OverRowsAndPlaces(n, n.Mul(n.Dy, n.ReshapeLike(normal, x)), rank));

            string Mean(string value) => n.Mul(n.ReduceSum(value, keepAxes: true, 2), share);
        }
        if (n.Wants(2))
            n.Give(2, OverRowsAndPlaces(n, n.Dy, rank));
    }

    /// <summary>[rows, groups, all that a group holds]</summary>
    private static string Grouped(GradientNode n, string value) => n.Reshape(value, 0, n.Node.Int("num_groups", 1), -1);

    /// <summary>y = x / ‖x‖ along an axis: dx = (dy − u · Σ dy · y) / ‖x‖ with u = y for p = 2 and u = sign x for p = 1; 0 where all of x is 0.</summary>
    private static void LpNormalization(GradientNode n)
    {
        string x = n.X(0);
        bool isFirst = n.Node.Int("p", 2) == 1;
        long axis = n.Axis(n.Node.Int("axis", -1), x);
        string norm = n.ReduceSum(isFirst ? n.Abs(x) : n.Square(x), keepAxes: true, axis);
        if (!isFirst)
            norm = n.Emit("Sqrt", [norm]);
        string along = n.Mul(isFirst ? n.Sign(x) : n.Y(), n.ReduceSum(n.Mul(n.Dy, n.Y()), keepAxes: true, axis));
        n.Give(0, n.ExceptWhere(n.Equal(norm, n.Number(0)), n.Div(n.Sub(n.Dy, along), norm)));
    }

    /// <summary>
    /// y = x · D^−β, D = k + α / size · Σ x² over the neighbouring channels: dx = dy · D^−β − 2αβ / size · x · Σ dy · x · D^(−β−1), the second sum over the channels that have this one
    /// as a neighbour. Sums over neighbours are convolutions along the channels.
    /// </summary>
    private static void LocalResponse(GradientNode n)
    {
        string x = n.X(0);
        long size = n.Node.Int("size", 1), before = (size - 1) / 2;
        double alpha = n.Node.Attribute("alpha")?.Float ?? 1e-4f, beta = n.Node.Attribute("beta")?.Float ?? 0.75f, bias = n.Node.Attribute("bias")?.Float ?? 1;
        string d = n.Add(n.Mul(Neighbours(n, n.Square(x), size, before), alpha / size), bias);
        string direct = n.Mul(n.Dy, n.Emit("Pow", [d, n.Number(-beta)]));
        string spread = Neighbours(n, n.Div(n.Mul(direct, x), d), size, size - 1 - before);
        n.Give(0, n.Sub(direct, n.Mul(n.Mul(x, spread), 2 * alpha * beta / size)));
    }

    /// <summary>The sum over a channel, those before it and the rest of <paramref name="size"/> behind it.</summary>
    private static string Neighbours(GradientNode n, string value, long size, long before)
    {
        string ones = n.Emit("Expand", [n.Number(1), n.Integers(1, 1, size, 1)]);
        // [rows, 1, channels, places]
        string picture = n.Emit("Unsqueeze", [n.Reshape(value, 0, 0, -1), n.Integers(1)]);
        string sums = n.Emit("Conv", [picture, ones], OnnxAttribute.Of("pads", [before, 0, size - 1 - before, 0]));
        return n.ReshapeLike(sums, n.X(0));
    }

    private static (string Mean, string R) Statistics(GradientNode n, string x, long[] axes)
    {
        string mean = n.Mean(x, x, axes);
        string variance = n.Mean(n.Square(n.Sub(x, mean)), x, axes);
        return (mean, n.Emit("Reciprocal", [n.Emit("Sqrt", [n.Add(variance, Epsilon(n))])]));
    }

    private static string Standardized(GradientNode n, string g, string normal, string r, long[] axes) =>
        n.Mul(r, n.Sub(n.Sub(g, n.Mean(g, n.X(0), axes)), n.Mul(normal, n.Mean(n.Mul(g, normal), n.X(0), axes))));

    private static string Epsilon(GradientNode n) => n.Number(n.Node.Attribute("epsilon")?.Float ?? 1e-5f);

    private static long[] Places(int rank) => [.. Enumerable.Range(2, rank - 2).Select(i => (long)i)];

    /// <summary>One number for each channel, with axes of size 1 for the places.</summary>
    private static string PerChannel(GradientNode n, string vector, int rank) => rank == 2 ? vector : n.Reshape(vector, [-1, .. Places(rank).Select(_ => 1L)]);

    private static string OverRowsAndPlaces(GradientNode n, string value, int rank) => n.ReduceSum(value, keepAxes: false, [0, .. Places(rank)]);
}
