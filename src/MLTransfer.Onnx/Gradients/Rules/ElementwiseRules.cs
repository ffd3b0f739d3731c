using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients.Rules;

/// <summary>Arithmetic number by number, with broadcasting: y = f(a, b), da = dy · ∂f/∂a summed over the axes along which a was stretched.</summary>
internal static class ElementwiseRules
{
    public static Dictionary<string, GradientRule> All { get; } = new()
    {
        ["Identity"] = new(n => n.Give(0, n.Dy)),
        // y = x in another precision.
        ["Cast"] = new(Cast),
        ["CastLike"] = new(Cast) { InputCount = 1 },
        // y = a + b
        ["Add"] = new(n =>
        {
            n.GiveStretched(0, n.Dy);
            n.GiveStretched(1, n.Dy);
        }),
        // y = a − b
        ["Sub"] = new(n =>
        {
            n.GiveStretched(0, n.Dy);
            if (n.Wants(1))
                n.GiveStretched(1, n.Neg(n.Dy));
        }),
        // y = a · b
        ["Mul"] = new(n =>
        {
            if (n.Wants(0))
                n.GiveStretched(0, n.Mul(n.Dy, n.X(1)));
            if (n.Wants(1))
                n.GiveStretched(1, n.Mul(n.Dy, n.X(0)));
        }),
        // y = a / b: da = dy / b, db = −dy · y / b
        ["Div"] = new(n =>
        {
            string quotient = n.Div(n.Dy, n.X(1));
            n.GiveStretched(0, quotient);
            if (n.Wants(1))
                n.GiveStretched(1, n.Neg(n.Mul(quotient, n.Y())));
        }),
        // y = a + b + …
        ["Sum"] = new(n =>
        {
            for (int i = 0; i < n.InputCount; i++)
                n.GiveStretched(i, n.Dy);
        }),
        // y = (a + b + …) / count
        ["Mean"] = new(n =>
        {
            string share = n.Mul(n.Dy, 1.0 / n.InputCount);
            for (int i = 0; i < n.InputCount; i++)
                n.GiveStretched(i, share);
        }),
        ["Max"] = new(Extremes),
        ["Min"] = new(Extremes),
        ["Pow"] = new(Pow),
        // y = a where c, else b: da = dy where c, db = dy elsewhere
        ["Where"] = new(n =>
        {
            if (n.Wants(1))
                n.GiveStretched(1, n.OnlyWhere(n.X(0), n.Dy));
            if (n.Wants(2))
                n.GiveStretched(2, n.ExceptWhere(n.X(0), n.Dy));
        }),
        // y = −x
        ["Neg"] = new(n => n.Give(0, n.Neg(n.Dy))),
        // y = exp x: dx = dy · y
        ["Exp"] = new(n => n.Give(0, n.Mul(n.Dy, n.Y()))),
        // y = ln x: dx = dy / x
        ["Log"] = new(n => n.Give(0, n.Div(n.Dy, n.X(0)))),
        // y = √x: dx = dy / 2y
        ["Sqrt"] = new(n => n.Give(0, n.Div(n.Dy, n.Mul(n.Y(), 2)))),
        // y = 1 / x: dx = −dy · y²
        ["Reciprocal"] = new(n => n.Give(0, n.Neg(n.Mul(n.Dy, n.Square(n.Y()))))),
        // y = |x|: dx = dy · sign x, 0 at 0
        ["Abs"] = new(n => n.Give(0, n.Mul(n.Dy, n.Sign(n.X(0))))),
        // y = sin x: dx = dy · cos x
        ["Sin"] = new(n => n.Give(0, n.Mul(n.Dy, n.Emit("Cos", [n.X(0)])))),
        // y = cos x: dx = −dy · sin x
        ["Cos"] = new(n => n.Give(0, n.Neg(n.Mul(n.Dy, n.Emit("Sin", [n.X(0)]))))),
    };

    private static void Cast(GradientNode n) => n.Give(0, n.CastTo(n.Dy, n.Facts(n.X(0)).Type));

    /// <summary>
    /// y = max(a, b, …): dy goes to the operand that y is. Operands that are equal there share it: each gets half of two, as with torch.maximum and minimum, a third of three.
    /// </summary>
    private static void Extremes(GradientNode n)
    {
        if (n.InputCount == 1)
        {
            n.Give(0, n.Dy);
            return;
        }
        string[] isIt = [.. n.Node.Inputs.Select(x => n.AsNumbers(n.Equal(x, n.Y())))];
        string share = n.Div(n.Dy, n.Emit("Sum", isIt));
        for (int i = 0; i < n.InputCount; i++)
        {
            if (n.Wants(i))
                n.GiveStretched(i, n.Mul(share, isIt[i]));
        }
    }

    /// <summary>
    /// y = xᵉ: dx = dy · e · xᵉ⁻¹, 0 where e = 0; de = dy · y · ln x, 0 where x = 0 and e ≥ 0, as in PyTorch.
    /// </summary>
    private static void Pow(GradientNode n)
    {
        string x = n.X(0);
        OnnxElementType type = n.Facts(n.Y()).Type;
        string e = n.Facts(n.X(1)).Type == type ? n.X(1) : n.CastTo(n.X(1), type);
        float[]? known = n.Constant(n.X(1))?.ToFloats();
        if (n.Wants(0))
        {
            string slope = known is [2] ? n.Mul(x, 2) : n.Mul(e, n.Emit("Pow", [x, n.Add(e, -1)]));
            // 0 · 0⁻¹ is no number.
            if (known is null || known.Contains(0))
                slope = n.ExceptWhere(n.Equal(e, n.Number(0)), slope);
            n.GiveStretched(0, n.Mul(n.Dy, slope));
        }
        if (n.Wants(1))
        {
            string isFlat = n.And(n.Equal(x, n.Number(0)), n.Emit("GreaterOrEqual", [e, n.Number(0)]));
            n.GiveStretched(1, n.ExceptWhere(isFlat, n.Mul(n.Dy, n.Mul(n.Y(), n.Log(x)))));
        }
    }
}
