using MLTransfer.Onnx.Tests.Gradients;

namespace MLTransfer.Benchmarks.Training;

/// <summary>Rows and start weights of the measured steps, as the head of Peers/training_steps.py describes them.</summary>
internal static class StepNumbers
{
    private const int LabelStream = 1;
    private const int LengthStream = 2;
    private const int RowStream = 3;
    private const int TeacherStream = 4;
    private const double LargestLogit = 4;
    private const int WeightStream = 10;

    public static float[] X(long count) => GoldenNumbers.Uniform(RowStream, count);

    /// <summary>Targets [rows, K], 1 at the label and 0 elsewhere.</summary>
    public static float[] Targets(int rows, int classes)
    {
        float[] targets = new float[rows * classes];
        foreach ((int row, int label) in GoldenNumbers.Integers(LabelStream, rows, 0, classes).Index())
            targets[row * classes + label] = 1;
        return targets;
    }

    /// <summary>A teacher's logits [rows, K].</summary>
    public static float[] Teacher(int rows, int classes) => GoldenNumbers.Uniform(TeacherStream, (long)rows * classes, -LargestLogit, LargestLogit);

    public static int[] Lengths(int rows, int longest) => GoldenNumbers.Integers(LengthStream, rows, longest / 2, longest + 1);

    /// <summary>The weight [outputs, inputs to one output] and the bias of a layer.</summary>
    public static (float[] Weight, float[] Bias) Layer(int number, int outputs, int inputs)
    {
        double bound = 1 / Math.Sqrt(inputs);
        return (GoldenNumbers.Uniform(WeightStream + 2 * number, (long)outputs * inputs, -bound, bound), GoldenNumbers.Uniform(WeightStream + 2 * number + 1, outputs, -bound, bound));
    }

    /// <summary>A matrix of so many rows with rows and columns exchanged.</summary>
    public static float[] Transposed(float[] matrix, int rows)
    {
        int columns = matrix.Length / rows;
        float[] turned = new float[matrix.Length];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                turned[j * rows + i] = matrix[i * columns + j];
        }
        return turned;
    }
}
