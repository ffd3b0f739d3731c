using System.Collections.Immutable;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Gradients;

/// <summary>
/// One node of the forward half as its rule sees it: x its inputs, y its outputs, dy the gradients of the outputs. The rule emits nodes and gives each wanted input its
/// gradient. Emitted numbers have the element type of y.
/// </summary>
internal sealed class GradientNode(GradientTape tape, OnnxNode node, string?[] upstream)
{
    public OnnxNode Node { get; } = node;

    /// <summary>The gradient of the first output. Rules of nodes with one output have it always.</summary>
    public string Dy => upstream[0]!;

    /// <summary>The gradients of the outputs; null for those that L does not depend on.</summary>
    public IReadOnlyList<string?> AllDy => upstream;

    public int InputCount => Node.Inputs.Length;

    /// <summary>An input's name; empty where it is left out.</summary>
    public string X(int index) => Node.Input(index);

    public string Y(int index = 0) => Node.Outputs[index];

    /// <summary>An output that the forward node has only on request.</summary>
    public string ExtraY(int index) => tape.ExtraOutput(Node, index);

    /// <summary>Whether an input has a gradient to be given.</summary>
    public bool Wants(int index) => tape.Active.Contains(X(index));

    public bool Has(int index) => X(index).Length > 0;

    public ProbedValue Facts(string value) => tape.Facts(value);

    public int Rank(string value) => Facts(value).Rank;

    /// <summary>The constant of this name, or null where the value is computed or trained.</summary>
    public OnnxTensor? Constant(string name) => tape.Active.Contains(name) ? null : tape.Constant(name);

    /// <summary>An axis counted from the front.</summary>
    public int Axis(long axis, string value) => (int)(axis < 0 ? axis + Rank(value) : axis);

    /// <summary>Gives an input its gradient, of the input's own shape.</summary>
    public void Give(int index, string gradient)
    {
        if (Wants(index))
            tape.Send(X(index), gradient);
    }

    /// <summary>Gives an input a gradient of y's shape, summed over the axes along which the input was stretched.</summary>
    public void GiveStretched(int index, string gradient) => GiveStretched(index, gradient, Facts(Y()));

    /// <summary>The same for a gradient of another shape than y's.</summary>
    public void GiveStretched(int index, string gradient, ProbedValue shape)
    {
        if (Wants(index))
            tape.Send(X(index), SumTo(gradient, shape, X(index)));
    }

    public string Emit(string operatorType, ReadOnlySpan<string> inputs, params ReadOnlySpan<OnnxAttribute> attributes) => tape.Emit(operatorType, inputs, 1, attributes)[0];

    public string[] EmitSeveral(string operatorType, ReadOnlySpan<string> inputs, int outputCount, params ReadOnlySpan<OnnxAttribute> attributes) =>
        tape.Emit(operatorType, inputs, outputCount, attributes);

    public string Add(string a, string b) => Emit("Add", [a, b]);

    public string Sub(string a, string b) => Emit("Sub", [a, b]);

    public string Mul(string a, string b) => Emit("Mul", [a, b]);

    public string Div(string a, string b) => Emit("Div", [a, b]);

    public string Neg(string a) => Emit("Neg", [a]);

    /// <summary>A real constant of y's element type, without axes.</summary>
    public string Number(double value) => tape.Number(Facts(Y()).Type, value);

    /// <summary>A vector of integers.</summary>
    public string Integers(params ReadOnlySpan<long> values) => tape.Integers(values);

    /// <summary>A matrix of real constants of y's element type.</summary>
    public string Matrix(float[] values, long rows, long columns) => tape.Matrix(Facts(Y()).Type, values, rows, columns);

    /// <summary>One integer without axes.</summary>
    public string Integer(long value) => tape.Number(OnnxElementType.Int64, value);

    /// <summary>A condition as 0 and 1 of y's element type.</summary>
    public string AsNumbers(string condition) => CastTo(condition, Facts(Y()).Type);

    public string CastTo(string value, OnnxElementType type) => Emit("Cast", [value], OnnxAttribute.Of("to", (long)type));

    /// <summary>The shape of a value as integers: constants where it is fixed, else computed when the graph runs.</summary>
    public string ShapeOf(string value) => Facts(value).FixedShape is long[] shape ? Integers(shape) : Emit("Shape", [value]);

    /// <summary>A gradient reshaped to the shape of a value.</summary>
    public string ReshapeLike(string gradient, string value) => Emit("Reshape", [gradient, ShapeOf(value)]);

    public string Reshape(string value, params ReadOnlySpan<long> shape) => Emit("Reshape", [value, Integers(shape)]);

    public string Transpose(string value, params ImmutableArray<long> permutation) => Emit("Transpose", [value], OnnxAttribute.Of("perm", permutation));

    public string ReduceSum(string value, bool keepAxes, params ReadOnlySpan<long> axes) =>
        Emit("ReduceSum", [value, Integers(axes)], OnnxAttribute.Of("keepdims", keepAxes ? 1 : 0));

    /// <summary>
    /// A gradient of a stretched shape, summed over the axes that <paramref name="target"/> lacks or has with size 1: what an operand of an operation with broadcasting gets.
    /// </summary>
    public string SumTo(string gradient, ProbedValue shape, string target)
    {
        ProbedValue wanted = Facts(target);
        if (wanted.SameShape(shape))
            return gradient;
        int leading = shape.Rank - wanted.Rank;
        // An axis that is neither 1 nor that of the result was stretched in one run and not in another: no fixed sum is its gradient.
        if (leading < 0 || Enumerable.Range(0, wanted.Rank).Any(i => !wanted.Axes[i].IsOne && wanted.Axes[i] != shape.Axes[leading + i]))
            throw Throw.StretchUnclear(Node.Label, target);
        long[] stretched = [.. Enumerable.Range(leading, wanted.Rank).Where(i => wanted.Axes[i - leading].IsOne && !shape.Axes[i].IsOne).Select(i => (long)i)];
        long[] missing = [.. Enumerable.Range(0, leading).Select(i => (long)i)];
        if (stretched.Length == 0)
            return missing.Length == 0 ? gradient : ReduceSum(gradient, keepAxes: false, missing);
        string summed = ReduceSum(gradient, keepAxes: true, [.. missing, .. stretched]);
        return missing.Length == 0 ? summed : Emit("Squeeze", [summed, Integers(missing)]);
    }
}
