using System.Runtime.InteropServices;
using System.Text.Json;
using MLTransfer.Testing;

namespace MLTransfer.Onnx.Tests.Gradients;

/// <summary>PyTorch's gradients of a model in double precision, as golden/make_goldens.py wrote them.</summary>
internal sealed record GoldenGradients(
    string Model, IReadOnlyList<GoldenInput> Inputs, IReadOnlyList<GoldenOutput> Outputs, double Loss, double Error32, IReadOnlyList<GoldenParameter> Parameters)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static string Folder { get; } = Path.Combine(Assets.RepositoryRoot, "test", "MLTransfer.Onnx.Tests", "Gradients", "golden");

    /// <summary>The norm of the whole gradient.</summary>
    public double Norm => Math.Sqrt(Parameters.Sum(p => p.Norm * p.Norm));

    public static GoldenGradients Read(string name)
    {
        GoldenGradients golden = JsonSerializer.Deserialize<GoldenGradients>(File.ReadAllText(Path.Combine(Folder, name + ".json")), Options)!;
        string blob = Path.Combine(Folder, name + ".bin");
        if (!File.Exists(blob))
            return golden;
        float[] numbers = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(blob)).ToArray();
        return golden with { Parameters = [.. golden.Parameters.Select(p => p with { Values = numbers.AsMemory(p.Offset, (int)p.Count) })] };
    }
}

/// <summary>Float inputs by their stream, integers by their values.</summary>
internal sealed record GoldenInput(string Name, string Type, long[] Shape, int Stream, double Low, double High, long[]? Values);

/// <summary>An output, and the stream of the coefficients that weigh its numbers in the loss.</summary>
internal sealed record GoldenOutput(string Name, long[] Shape, int Stream);

/// <summary>The gradient of one parameter: in full, or as sums under random signs.</summary>
internal sealed record GoldenParameter(string Name, string Value, long[] Shape, double Norm, double Error32, int Offset, int Stream, double[]? Projections)
{
    public ReadOnlyMemory<float> Values { get; init; }

    public long Count => Shape.Aggregate(1L, (a, b) => a * b);

    /// <summary>|found − this|; from sums under signs an estimate with a relative standard deviation of a quarter.</summary>
    public double Distance(ReadOnlySpan<float> found)
    {
        double squares = 0;
        if (Projections is not null)
        {
            double[] projected = GoldenNumbers.Project(Stream, found);
            for (int p = 0; p < projected.Length; p++)
                squares += (projected[p] - Projections[p]) * (projected[p] - Projections[p]) / projected.Length;
            return Math.Sqrt(squares);
        }
        ReadOnlySpan<float> expected = Values.Span;
        for (int i = 0; i < expected.Length; i++)
            squares += ((double)found[i] - expected[i]) * ((double)found[i] - expected[i]);
        return Math.Sqrt(squares);
    }
}
