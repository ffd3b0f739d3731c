namespace MLTransfer.Onnx.Gradients.Rules;

/// <summary>Arithmetic number by number, with broadcasting: y = f(a, b), da = dy · ∂f/∂a summed over the axes along which a was stretched.</summary>
internal static class ElementwiseRules
{
    public static Dictionary<string, GradientRule> All { get; } = new()
    {
        ["Identity"] = new(n => n.Give(0, n.Dy)),
        // y = x in another precision.
        ["Cast"] = new(n => n.Give(0, n.CastTo(n.Dy, n.Facts(n.X(0)).Type))),
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
        // y = −x
        ["Neg"] = new(n => n.Give(0, n.Neg(n.Dy))),
    };
}
