using System.Numerics.Tensors;
using MLTransfer.Heads.Linear;

namespace MLTransfer.Distillation;

/// <summary>
/// The orthogonal matrix R that brings vectors closest to others, argmin Σ_i ‖R·z_i − s_i‖² (Schönemann 1966, "A generalized solution of the orthogonal Procrustes problem"): with
/// M = Σ_i s_i · z_iᵀ = U·Σ·Vᵀ, R = U·Vᵀ. In double precision and a fixed order.
/// </summary>
internal sealed class Rotation
{
    // Singular values below this share of the largest are rounding.
    private const double Negligible = 1e-6;

    private readonly double[][] _rows;

    private Rotation(double[][] rows) => _rows = rows;

    /// <summary>Finds it.</summary>
    /// <param name="from">n vectors of d numbers, z.</param>
    /// <param name="to">n vectors of d numbers, s.</param>
    public static Rotation Between(float[][] from, float[][] to)
    {
        int d = from[0].Length;
        // Rows of Mᵀ = Σ z · sᵀ, so that every inner loop runs along a row.
        double[] transposed = new double[d * d];
        double[] wide = new double[d];
        for (int i = 0; i < from.Length; i++)
        {
            TensorPrimitives.ConvertChecked<float, double>(to[i], wide);
            for (int k = 0; k < d; k++)
            {
                Span<double> row = transposed.AsSpan(k * d, d);
                TensorPrimitives.MultiplyAdd(wide, from[i][k], row, row);
            }
        }
        // M·Mᵀ = U·Σ²·Uᵀ.
        double[] square = new double[d * d];
        for (int k = 0; k < d; k++)
        {
            ReadOnlySpan<double> row = transposed.AsSpan(k * d, d);
            for (int i = 0; i < d; i++)
                TensorPrimitives.MultiplyAdd(row, row[i], square.AsSpan(i * d, d), square.AsSpan(i * d, d));
        }
        double[] values = new double[d];
        double[] left = SymmetricEigen.Decompose(square, d, values);
        int[] order = [.. Enumerable.Range(0, d).OrderByDescending(i => values[i])];
        var right = new List<double[]>(d);
        double[] result = new double[d * d];
        foreach (int axis in order)
        {
            double[] u = left.AsSpan(axis * d, d).ToArray();
            // σ·v = Mᵀ·u; where σ is rounding, any direction that is still free.
            double[] v = [.. Enumerable.Range(0, d).Select(k => TensorPrimitives.Dot<double>(transposed.AsSpan(k * d, d), u))];
            right.Add(Free(v, values[axis] > Negligible * Negligible * Math.Max(values[order[0]], double.Epsilon), right));
            for (int i = 0; i < d; i++)
                TensorPrimitives.MultiplyAdd(right[^1], u[i], result.AsSpan(i * d, d), result.AsSpan(i * d, d));
        }
        return new Rotation([.. Enumerable.Range(0, d).Select(i => result.AsSpan(i * d, d).ToArray())]);
    }

    /// <summary>R · z.</summary>
    public void Apply(Span<float> vector)
    {
        double[] wide = new double[vector.Length];
        TensorPrimitives.ConvertChecked<float, double>(vector, wide);
        for (int i = 0; i < _rows.Length; i++)
            vector[i] = (float)TensorPrimitives.Dot<double>(_rows[i], wide);
    }

    /// <summary>The vector made orthogonal to others, of length 1; the first axis that is not among them where nothing is left of it.</summary>
    private static double[] Free(double[] vector, bool isMeant, List<double[]> others)
    {
        int next = 0;
        double[] candidate = isMeant ? vector : Axis(vector.Length, next++);
        while (true)
        {
            double before = TensorPrimitives.Norm<double>(candidate);
            // Twice is enough (Giraud, Langou and Rozložník 2005).
            for (int pass = 0; pass < 2; pass++)
            {
                foreach (double[] other in others)
                    TensorPrimitives.MultiplyAdd(other, -TensorPrimitives.Dot<double>(other, candidate), candidate, candidate);
            }
            double norm = TensorPrimitives.Norm<double>(candidate);
            if (norm > Negligible * before)
            {
                TensorPrimitives.Divide(candidate, norm, candidate);
                return candidate;
            }
            candidate = Axis(vector.Length, next++);
        }
    }

    private static double[] Axis(int size, int index)
    {
        double[] axis = new double[size];
        axis[index] = 1;
        return axis;
    }
}
