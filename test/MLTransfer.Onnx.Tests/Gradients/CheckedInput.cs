namespace MLTransfer.Onnx.Tests.Gradients;

/// <summary>An input of a node whose gradient is checked.</summary>
internal sealed record CheckedInput
{
    private CheckedInput()
    {
    }

    /// <summary>An optional input that is left out.</summary>
    public static CheckedInput Absent { get; } = new() { IsAbsent = true };

    public double[] Values { get; private init; } = [];

    public long[]? Integers { get; private init; }

    public bool[]? Conditions { get; private init; }

    public long[] Shape { get; private init; } = [];

    public bool IsAbsent { get; private init; }

    public bool IsDifferentiated { get; private init; }

    /// <summary>The axes whose size is left open in the second check; default: all.</summary>
    public int[]? OpenAxes { get; private init; }

    /// <summary>The same numbers, with only these axes open in the second check.</summary>
    public CheckedInput OpenAt(params int[] axes) => this with { OpenAxes = axes };

    /// <summary>Numbers from −1 to 1, never nearer than 0.05 to 0, where many functions have a kink; all different.</summary>
    public static CheckedInput Real(params long[] shape) => Real(-1, 1, shape);

    /// <summary>Numbers between two bounds, all different, in no order; none nearer than a twentieth of the range to 0.</summary>
    public static CheckedInput Real(double low, double high, params long[] shape)
    {
        int count = (int)shape.Aggregate(1L, (a, b) => a * b);
        var random = new Random(count + 31 * shape.Length + (int)(1000 * (low + high)));
        double[] values = [.. Enumerable.Range(0, count).Select(i => low + (high - low) * (i + 0.5) / count)];
        random.Shuffle(values);
        double nearest = 0.05 * (high - low) / 2;
        return new CheckedInput { Values = [.. values.Select(v => Math.Abs(v) < nearest ? v + 2.5 * nearest : v)], Shape = shape, IsDifferentiated = true };
    }

    /// <summary>These numbers.</summary>
    public static CheckedInput Of(double[] values, params long[] shape) => new() { Values = values, Shape = shape, IsDifferentiated = true };

    /// <summary>Integers: a constant of the graph.</summary>
    public static CheckedInput Constant(long[] values, params long[] shape) => new() { Integers = values, Shape = shape };

    /// <summary>Truth values: a constant of the graph.</summary>
    public static CheckedInput Constant(bool[] values, params long[] shape) => new() { Conditions = values, Shape = shape };

    /// <summary>Real numbers that are a constant of the graph and have no gradient.</summary>
    public static CheckedInput Constant(double[] values, params long[] shape) => new() { Values = values, Shape = shape };
}
