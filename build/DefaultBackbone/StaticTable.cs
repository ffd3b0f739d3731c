using System.Numerics.Tensors;
using MLTransfer.Text;

namespace MLTransfer.Build.DefaultBackbone;

/// <summary>
/// The table as it is stored: eight-bit numbers and a scale for each row, which holds the token's weight too. Special tokens have scale 0.
/// </summary>
internal sealed class StaticTable
{
    private StaticTable(sbyte[] numbers, float[] scales, int dimension)
    {
        Numbers = numbers;
        Scales = scales;
        Dimension = dimension;
    }

    /// <summary>Tokens × D, row-major.</summary>
    public sbyte[] Numbers { get; }

    public float[] Scales { get; }

    public int Dimension { get; }

    /// <param name="vectors">Tokens × D, row-major.</param>
    /// <param name="weights">One for each token.</param>
    /// <param name="dimension">D.</param>
    public static StaticTable Make(float[] vectors, float[] weights, int dimension)
    {
        int rows = weights.Length;
        sbyte[] numbers = new sbyte[rows * dimension];
        float[] scales = new float[rows];
        for (int row = Vocabulary.SpecialCount; row < rows; row++)
        {
            ReadOnlySpan<float> vector = vectors.AsSpan(row * dimension, dimension);
            double step = Math.Abs((double)TensorPrimitives.MaxMagnitude(vector)) / sbyte.MaxValue;
            for (int i = 0; i < dimension && step > 0; i++)
                numbers[row * dimension + i] = (sbyte)Math.Round(vector[i] / step, MidpointRounding.ToEven);
            scales[row] = (float)(step * weights[row]);
        }
        return new StaticTable(numbers, scales, dimension);
    }

    /// <summary>a / (a + p) for each token, p from the texts as the new tokenizer cuts them and from the vocabulary's order.</summary>
    public static double[] Weights(WordPieceTokenizer tokenizer, Vocabulary vocabulary, string[] texts, Recipe recipe)
    {
        double[] counts = new double[vocabulary.Tokens.Length];
        foreach (string text in texts)
        {
            foreach (int id in tokenizer.Encode(text, int.MaxValue).Ids)
            {
                if (id >= Vocabulary.SpecialCount)
                    counts[id]++;
            }
        }
        double total = counts.Sum();
        return [.. counts.Select((count, i) => recipe.Smoothing
            / (recipe.Smoothing + recipe.CountedShare * count / total + (1 - recipe.CountedShare) * vocabulary.Zipf[i]))];
    }
}
