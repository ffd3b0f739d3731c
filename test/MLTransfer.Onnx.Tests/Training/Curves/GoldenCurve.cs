using System.Text.Json;
using MLTransfer.Onnx.Tests.Gradients;

namespace MLTransfer.Onnx.Tests.Training.Curves;

/// <summary>The losses of 200 steps in PyTorch, as golden/make_curves.py wrote them and its head describes them.</summary>
internal sealed record GoldenCurve(
    string Model, string FrozenUpTo, string[] Trained, double Rate, double HeadRate, int Batch, int Rows, int Classes, int Length, double[] Loss, double[] Loss64, double[]? LossHardtanh, double[]? LossHeadOnly)
{
    public const int Labels = 1;
    public const int Batches = 2;
    public const int Centres = 3;
    public const int Noise = 4;
    public const int Ids = 5;
    public const int Lengths = 6;

    private const int Weights = 10;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>The label of each row.</summary>
    public int[] RowLabels => GoldenNumbers.Integers(Labels, Rows, 0, Classes);

    public static GoldenCurve Read(string name) =>
        JsonSerializer.Deserialize<GoldenCurve>(File.ReadAllText(Path.Combine(GoldenGradients.Folder, $"curve-{name}.json")), Options)!;

    /// <summary>The rows of each step.</summary>
    public int[][] BatchRows() => [.. GoldenNumbers.Integers(Batches, Loss.Length * Batch, 0, Rows).Chunk(Batch)];

    /// <summary>Weight [outputs, inputs] and bias of a linear layer.</summary>
    public static (float[] Weight, float[] Bias) Layer(int number, int inputs, int outputs)
    {
        double bound = 1 / Math.Sqrt(inputs);
        return (GoldenNumbers.Uniform(Weights + 2 * number, (long)inputs * outputs, -bound, bound), GoldenNumbers.Uniform(Weights + 2 * number + 1, outputs, -bound, bound));
    }
}
