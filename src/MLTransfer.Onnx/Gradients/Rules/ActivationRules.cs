using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients.Rules;

/// <summary>Activations. At a kink, where there are two slopes, the rules take PyTorch's; each says which.</summary>
internal static class ActivationRules
{
    public static Dictionary<string, GradientRule> All { get; } = new()
    {
        // y = max(x, 0): dx = dy where y > 0, 0 at 0
        ["Relu"] = new(n => n.Give(0, n.OnlyWhere(n.Greater(n.Y(), n.Number(0)), n.Dy))),
        // y = x where x > 0, else α x; slope α at 0
        ["LeakyRelu"] = new(n => n.Give(0, n.Where(IsPositive(n), n.Dy, n.Mul(n.Dy, Setting(n, "alpha", 0.01f))))),
        ["PRelu"] = new(PRelu),
        // y = x where x > 0, else α (eˣ − 1): slope y + α there
        ["Elu"] = new(n => n.Give(0, n.Where(IsPositive(n), n.Dy, n.Mul(n.Dy, n.Add(n.Y(), Setting(n, "alpha", 1)))))),
        // y = γ x where x > 0, else γ α (eˣ − 1): slope y + γ α there
        ["Selu"] = new(n =>
        {
            double gamma = Setting(n, "gamma", 1.05070102f);
            n.Give(0, n.Mul(n.Dy, n.Where(IsPositive(n), n.Number(gamma), n.Add(n.Y(), gamma * Setting(n, "alpha", 1.67326319f)))));
        }),
        // y = x where x > 0, else α (e^(x / α) − 1): slope y / α + 1 there
        ["Celu"] = new(n => n.Give(0, n.Where(IsPositive(n), n.Dy, n.Mul(n.Dy, n.Add(n.Mul(n.Y(), 1 / Setting(n, "alpha", 1)), 1))))),
        // y = x where x > α, else 0
        ["ThresholdedRelu"] = new(n => n.Give(0, n.OnlyWhere(n.Greater(n.X(0), n.Number(Setting(n, "alpha", 1))), n.Dy))),
        // y = 1 / (1 + e⁻ˣ): dx = dy · y (1 − y)
        ["Sigmoid"] = new(n => n.Give(0, n.Mul(n.Dy, n.Mul(n.Y(), n.OneMinus(n.Y()))))),
        // y = α x + β between 0 and 1: slope α there, 0 at both ends
        ["HardSigmoid"] = new(n => n.Give(0, n.OnlyWhere(IsBetween(n, n.Y(), 0, 1), n.Mul(n.Dy, Setting(n, "alpha", 0.2f))))),
        ["HardSwish"] = new(HardSwish),
        // y = tanh x: dx = dy (1 − y²)
        ["Tanh"] = new(n => n.Give(0, n.Mul(n.Dy, n.OneMinus(n.Square(n.Y()))))),
        // y = erf x: dx = dy · 2/√π · exp(−x²), the factor as a summand of the exponent, which saves a pass
        ["Erf"] = new(n => n.Give(0, n.Mul(n.Dy, n.Exp(n.Sub(n.Number(Math.Log(2 / Math.Sqrt(Math.PI))), n.Square(n.X(0))))))),
        // y = ln(1 + eˣ): dx = dy · sigmoid x
        ["Softplus"] = new(n => n.Give(0, n.Mul(n.Dy, n.Sigmoid(n.X(0))))),
        // y = x / (1 + |x|): dx = dy / (1 + |x|)²
        ["Softsign"] = new(n => n.Give(0, n.Div(n.Dy, n.Square(n.Add(n.Abs(n.X(0)), 1))))),
        // y = x t, t = tanh(softplus x): dx = dy (t + x (1 − t²) sigmoid x)
        ["Mish"] = new(n =>
        {
            string x = n.X(0), t = n.Tanh(n.Emit("Softplus", [x]));
            n.Give(0, n.Mul(n.Dy, n.Add(t, n.Mul(n.Mul(x, n.OneMinus(n.Square(t))), n.Sigmoid(x)))));
        }),
        ["Gelu"] = new(Gelu),
        ["Clip"] = new(Clip) { InputCount = 1 },
        // y = softmax x: dx = y (dy − Σ y · dy)
        ["Softmax"] = new(n => n.Give(0, n.Mul(n.Y(), n.Sub(n.Dy, n.ReduceSum(n.Mul(n.Y(), n.Dy), keepAxes: true, n.Node.Int("axis", -1)))))),
        // y = x − ln Σ eˣ: dx = dy − eʸ Σ dy
        ["LogSoftmax"] = new(n => n.Give(0, n.Sub(n.Dy, n.Mul(n.Exp(n.Y()), n.ReduceSum(n.Dy, keepAxes: true, n.Node.Int("axis", -1)))))),
        // y = x when nothing is trained.
        ["Dropout"] = new(n => n.Give(0, n.Dy)) { InputCount = 1, Refusal = DropoutInTraining },
        // y is the triangle of x above or below a diagonal: dx is that triangle of dy.
        ["Trilu"] = new(n => n.Give(0, n.Emit("Trilu", n.Has(1) ? [n.Dy, n.X(1)] : [n.Dy], [.. n.Node.Attributes]))) { InputCount = 1 },
        // yᵢ = Σ xⱼ over j ≤ i: dxⱼ = Σ dyᵢ over i ≥ j
        ["CumSum"] = new(n => n.Give(0, n.Emit("CumSum", [n.Dy, n.X(1)],
            OnnxAttribute.Of("exclusive", n.Node.Int("exclusive", 0)), OnnxAttribute.Of("reverse", 1 - n.Node.Int("reverse", 0)))))
        {
            InputCount = 1,
        },
    };

    /// <summary>y = x where x > 0, else s x: dx = dy or dy · s, ds = 0 or dy · x, summed to the shape of s.</summary>
    private static void PRelu(GradientNode n)
    {
        string isPositive = IsPositive(n);
        if (n.Wants(0))
            n.Give(0, n.Where(isPositive, n.Dy, n.Mul(n.Dy, n.X(1))));
        if (n.Wants(1))
            n.GiveStretched(1, n.ExceptWhere(isPositive, n.Mul(n.Dy, n.X(0))));
    }

    /// <summary>y = x · clip(x / 6 + ½, 0, 1): slope x / 3 + ½ between −3 and 3, else that of the outside. PyTorch 1.13 has −½ and 1½ at the two places themselves.</summary>
    private static void HardSwish(GradientNode n)
    {
        string x = n.X(0);
        string beyond = n.OnlyWhere(n.Greater(x, n.Number(0)), n.Dy);
        n.Give(0, n.Where(IsBetween(n, x, -3, 3), n.Mul(n.Dy, n.Add(n.Mul(x, 1.0 / 3), 0.5)), beyond));
    }

    /// <summary>
    /// Exact: y = x Φ(x), slope Φ(x) + x φ(x), Φ the normal distribution and φ its density. By tanh: y = x/2 (1 + t), t = tanh u, u = √(2/π) (x + 0.044715 x³), slope
    /// (1 + t) / 2 + x/2 (1 − t²) u'.
    /// </summary>
    /// <remarks>Reference: Hendrycks and Gimpel (2016), "Gaussian Error Linear Units (GELUs)".</remarks>
    private static void Gelu(GradientNode n)
    {
        string x = n.X(0), square = n.Square(x);
        if (n.Node.Attribute("approximate")?.Text == "tanh")
        {
            const double Cubic = 0.044715;
            double scale = Math.Sqrt(2 / Math.PI);
            string t = n.Tanh(n.Mul(n.Mul(x, n.Add(n.Mul(square, Cubic), 1)), scale));
            string inner = n.Mul(n.Add(n.Mul(square, 3 * Cubic), 1), scale / 2);
            n.Give(0, n.Mul(n.Dy, n.Add(n.Mul(n.Add(t, 1), 0.5), n.Mul(n.Mul(x, n.OneMinus(n.Square(t))), inner))));
            return;
        }
        string distribution = n.Mul(n.Add(n.Emit("Erf", [n.Mul(x, 1 / Math.Sqrt(2))]), 1), 0.5);
        string density = n.Mul(n.Exp(n.Mul(square, -0.5)), 1 / Math.Sqrt(2 * Math.PI));
        n.Give(0, n.Mul(n.Dy, n.Add(distribution, n.Mul(x, density))));
    }

    /// <summary>
    /// y = x between its bounds: dx = dy there. Exactly at a bound: with both bounds 0, as in torch.nn.functional.relu6 and hardtanh, which exporters write so; with one bound dy,
    /// as in torch.clamp.
    /// </summary>
    private static void Clip(GradientNode n)
    {
        string x = n.X(0);
        n.Give(0, (n.Has(1), n.Has(2)) switch
        {
            (true, true) => n.OnlyWhere(n.And(n.Greater(x, n.X(1)), n.Greater(n.X(2), x)), n.Dy),
            (true, false) => n.ExceptWhere(n.Greater(n.X(1), x), n.Dy),
            (false, true) => n.ExceptWhere(n.Greater(x, n.X(2)), n.Dy),
            _ => n.Dy,
        });
    }

    private static string? DropoutInTraining(OnnxNode node, NodeIndex graph)
    {
        if (node.Input(2).Length == 0)
            return null;
        return graph.Constant(node.Input(2)) is OnnxTensor isTraining
            ? isTraining.ToInt64s().All(t => t == 0) ? null : "it drops numbers at random (training_mode is set); export the model for inference"
            : GradientRule.Computed(2, "training_mode")(node, graph);
    }

    private static string IsPositive(GradientNode n) => n.Greater(n.X(0), n.Number(0));

    private static string IsBetween(GradientNode n, string value, double low, double high) =>
        n.And(n.Greater(value, n.Number(low)), n.Greater(n.Number(high), value));

    private static double Setting(GradientNode n, string name, float whenAbsent) => n.Node.Attribute(name)?.Float ?? whenAbsent;
}
