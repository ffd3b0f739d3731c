namespace MLTransfer.Onnx.Gradients;

/// <summary>Operators number by number as methods, so that a rule reads like its formula. Operands are stretched against each other.</summary>
internal static class ElementwiseNodes
{
    public static string Exp(this GradientNode n, string x) => n.Emit("Exp", [x]);

    public static string Log(this GradientNode n, string x) => n.Emit("Log", [x]);

    public static string Abs(this GradientNode n, string x) => n.Emit("Abs", [x]);

    public static string Sign(this GradientNode n, string x) => n.Emit("Sign", [x]);

    public static string Tanh(this GradientNode n, string x) => n.Emit("Tanh", [x]);

    public static string Sigmoid(this GradientNode n, string x) => n.Emit("Sigmoid", [x]);

    public static string Square(this GradientNode n, string x) => n.Mul(x, x);

    public static string Equal(this GradientNode n, string a, string b) => n.Emit("Equal", [a, b]);

    public static string Greater(this GradientNode n, string a, string b) => n.Emit("Greater", [a, b]);

    public static string And(this GradientNode n, string a, string b) => n.Emit("And", [a, b]);

    /// <summary>Number by number the first where the condition holds, else the second.</summary>
    public static string Where(this GradientNode n, string condition, string whenTrue, string whenFalse) => n.Emit("Where", [condition, whenTrue, whenFalse]);

    public static string Mul(this GradientNode n, string a, double b) => b == 1 ? a : n.Mul(a, n.Number(b));

    public static string Add(this GradientNode n, string a, double b) => b == 0 ? a : n.Add(a, n.Number(b));

    /// <summary>1 − x</summary>
    public static string OneMinus(this GradientNode n, string x) => n.Sub(n.Number(1), x);

    /// <summary>The value where the condition holds, else 0.</summary>
    public static string OnlyWhere(this GradientNode n, string condition, string value) => n.Where(condition, value, n.Number(0));

    /// <summary>The value where the condition does not hold, else 0.</summary>
    public static string ExceptWhere(this GradientNode n, string condition, string value) => n.Where(condition, n.Number(0), value);

    /// <summary>Zeros of a value's shape.</summary>
    public static string ZerosLike(this GradientNode n, string value) => n.Emit("Expand", [n.Number(0), n.ShapeOf(value)]);
}
