using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Distillation.Students;
using MLTransfer.Heads.Linear;

namespace MLTransfer.Build.DefaultBackbone;

/// <summary>
/// The linear map that brings the start's vectors of texts closest to the teacher's: W = (XᵀX + λnI)⁻¹ XᵀY, X the start's unit vectors, Y the teacher's on their principal axes. Applied to every
/// token, it also moves those that no text has, which training leaves where they are.
/// </summary>
internal static class StartMap
{
    // Small beside the eigenvalues of XᵀX / n, which sum to 1.
    private const double Ridge = 1e-5;

    /// <param name="start">The start.</param>
    /// <param name="teacher">The teacher.</param>
    /// <param name="texts">Some thousand texts.</param>
    /// <returns>D × D, row-major: a row vector times it.</returns>
    public static double[] Fit(Backbone start, Backbone teacher, string[] texts)
    {
        float[][] x = Features(start, texts), taught = Features(teacher, texts);
        int size = start.Dimension;
        PrincipalAxes axes = PrincipalAxes.Find(taught, size, isCentred: false);
        double[] gram = new double[size * size], cross = new double[size * size];
        for (int i = 0; i < texts.Length; i++)
        {
            double[] own = [.. x[i].Select(v => (double)v)], wanted = axes.Project(taught[i]);
            for (int r = 0; r < size; r++)
            {
                Span<double> toOwn = gram.AsSpan(r * size, size), toWanted = cross.AsSpan(r * size, size);
                TensorPrimitives.MultiplyAdd<double>(own, own[r] / texts.Length, toOwn, toOwn);
                TensorPrimitives.MultiplyAdd<double>(wanted, own[r] / texts.Length, toWanted, toWanted);
            }
        }
        double[] values = new double[size];
        // Rows of it are the eigenvectors.
        double[] vectors = SymmetricEigen.Decompose(gram, size, values);
        double[] map = new double[size * size];
        double[] inner = new double[size];
        for (int k = 0; k < size; k++)
        {
            ReadOnlySpan<double> vector = vectors.AsSpan(k * size, size);
            inner.AsSpan().Clear();
            for (int r = 0; r < size; r++)
                TensorPrimitives.MultiplyAdd(cross.AsSpan(r * size, size), vector[r], inner, inner);
            for (int r = 0; r < size; r++)
            {
                Span<double> row = map.AsSpan(r * size, size);
                TensorPrimitives.MultiplyAdd<double>(inner, vector[r] / (values[k] + Ridge), row, row);
            }
        }
        return map;
    }

    /// <summary>Each row of a table times the map.</summary>
    public static float[] Apply(float[] table, double[] map, int size)
    {
        float[] mapped = new float[table.Length];
        Parallel.For(0, table.Length / size, row =>
        {
            double[] sum = new double[size];
            for (int i = 0; i < size; i++)
                TensorPrimitives.MultiplyAdd(map.AsSpan(i * size, size), (double)table[row * size + i], sum, sum);
            for (int i = 0; i < size; i++)
                mapped[row * size + i] = (float)sum[i];
        });
        return mapped;
    }

    private static float[][] Features(Backbone backbone, string[] texts)
    {
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(texts.Select(t => new Row { Text = t }));
        using TextEmbeddingTransformer model = ml.Transforms.EmbedText("Features", backbone).Fit(data);
        return [.. model.Transform(data).GetColumn<float[]>("Features")];
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";
    }
}
