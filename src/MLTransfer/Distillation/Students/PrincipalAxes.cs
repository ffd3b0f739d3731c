using System.Numerics.Tensors;
using MLTransfer.Heads.Linear;

namespace MLTransfer.Distillation.Students;

/// <summary>
/// The principal axes of vectors: eigenvectors of their covariance, the largest first. All in double precision and in a fixed order, so equal input
/// gives equal bits.
/// </summary>
internal sealed class PrincipalAxes
{
    private readonly double[] _mean;
    private readonly double[][] _axes;

    private PrincipalAxes(double[] mean, double[][] axes, double explained)
    {
        _mean = mean;
        _axes = axes;
        Explained = explained;
    }

    /// <summary>The share of the variance that lies along the axes.</summary>
    public double Explained { get; }

    /// <param name="vectors">n vectors of one size.</param>
    /// <param name="count">How many axes, at most as many as a vector has numbers.</param>
    /// <param name="isCentred">Whether the mean is taken off first. Without, lengths and angles of the vectors themselves are kept as far as so few numbers can.</param>
    public static PrincipalAxes Find(float[][] vectors, int count, bool isCentred = true)
    {
        int width = vectors[0].Length;
        double[] mean = new double[width];
        foreach (float[] vector in isCentred ? vectors : [])
        {
            for (int i = 0; i < width; i++)
                mean[i] += vector[i] / (double)vectors.Length;
        }
        double[] covariance = new double[width * width];
        double[] centred = new double[width];
        foreach (float[] vector in vectors)
        {
            for (int i = 0; i < width; i++)
                centred[i] = vector[i] - mean[i];
            for (int i = 0; i < width; i++)
            {
                Span<double> row = covariance.AsSpan(i * width, width);
                TensorPrimitives.MultiplyAdd(centred, centred[i] / vectors.Length, row, row);
            }
        }
        double[] values = new double[width];
        double[] rows = SymmetricEigen.Decompose(covariance, width, values);
        int[] order = [.. Enumerable.Range(0, width).OrderByDescending(i => values[i]).Take(count)];
        return new PrincipalAxes(mean, [.. order.Select(i => Signed(rows.AsSpan(i * width, width)))], order.Sum(i => values[i]) / values.Sum());
    }

    public double[] Project(ReadOnlySpan<float> vector)
    {
        double[] centred = new double[vector.Length];
        for (int i = 0; i < centred.Length; i++)
            centred[i] = vector[i] - _mean[i];
        return [.. _axes.Select(axis => TensorPrimitives.Dot<double>(axis, centred))];
    }

    // An eigenvector's sign is arbitrary: the largest number is positive here.
    private static double[] Signed(ReadOnlySpan<double> axis)
    {
        double sign = Math.Sign(axis[TensorPrimitives.IndexOfMaxMagnitude(axis)]);
        double[] signed = new double[axis.Length];
        TensorPrimitives.Multiply(axis, sign, signed);
        return signed;
    }
}
