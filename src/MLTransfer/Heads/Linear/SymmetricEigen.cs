using System.Numerics.Tensors;

namespace MLTransfer.Heads.Linear;

/// <summary>
/// Eigenvalues and orthonormal eigenvectors of a symmetric matrix: Householder reduction to tridiagonal form, then QL iterations with implicit shifts
/// (Golub and Van Loan, "Matrix Computations", sections 8.3.1 and 8.3.3). All in double precision; every inner loop runs along rows.
/// </summary>
internal static class SymmetricEigen
{
    private const int IterationsPerEigenvalue = 64;

    // 2⁻⁵²
    private const double MachineEpsilon = 2.220446049250313e-16;

    /// <param name="matrix">n × n, row-major, both triangles filled; destroyed.</param>
    /// <param name="n">Order of the matrix.</param>
    /// <param name="values">Receives n eigenvalues, in no particular order.</param>
    /// <returns>n × n, row-major: row i is the eigenvector of value i.</returns>
    public static double[] Decompose(double[] matrix, int n, double[] values)
    {
        double[] offDiagonal = new double[n];
        double[] scales = new double[n];
        Tridiagonalize(matrix, n, values, offDiagonal, scales);
        double[] vectors = Accumulate(matrix, n, scales);
        double negligible = 0;
        for (int i = 0; i < n; i++)
            negligible = Math.Max(negligible, MachineEpsilon * (Math.Abs(values[i]) + Math.Abs(offDiagonal[i])));
        for (int i = 0; i < n; i++)
            Diagonalize(values, offDiagonal, vectors, n, i, negligible);
        return vectors;
    }

    // Afterwards row k of the matrix holds, behind column k, the Householder vector v of step k; its reflection is I − scale·v·vᵀ.
    private static void Tridiagonalize(double[] matrix, int n, double[] diagonal, double[] offDiagonal, double[] scales)
    {
        double[] products = new double[n];
        for (int k = 0; k < n; k++)
        {
            diagonal[k] = matrix[k * n + k];
            int size = n - k - 1;
            if (size == 0)
                return;
            Span<double> v = matrix.AsSpan(k * n + k + 1, size);
            double norm = TensorPrimitives.Norm<double>(v);
            if (size == 1 || norm == 0)
            {
                offDiagonal[k] = v[0];
                continue;
            }
            double alpha = v[0] > 0 ? -norm : norm;
            offDiagonal[k] = alpha;
            v[0] -= alpha;
            double scale = 2 / TensorPrimitives.SumOfSquares<double>(v);
            scales[k] = scale;

            Span<double> w = products.AsSpan(0, size);
            for (int i = 0; i < size; i++)
                w[i] = scale * TensorPrimitives.Dot(matrix.AsSpan((k + 1 + i) * n + k + 1, size), v);
            double half = scale / 2 * TensorPrimitives.Dot<double>(w, v);
            TensorPrimitives.MultiplyAdd(v, -half, w, w);
            for (int i = 0; i < size; i++)
            {
                Span<double> row = matrix.AsSpan((k + 1 + i) * n + k + 1, size);
                TensorPrimitives.MultiplyAdd(w, -v[i], row, row);
                TensorPrimitives.MultiplyAdd(v, -w[i], row, row);
            }
        }
    }

    // The product of all reflections, transposed, so that the QL rotations combine whole rows.
    private static double[] Accumulate(double[] reflectors, int n, double[] scales)
    {
        double[] product = new double[n * n];
        for (int i = 0; i < n; i++)
            product[i * n + i] = 1;
        for (int k = n - 3; k >= 0; k--)
        {
            if (scales[k] == 0)
                continue;
            ReadOnlySpan<double> v = reflectors.AsSpan(k * n + k + 1, n - k - 1);
            for (int i = k + 1; i < n; i++)
            {
                Span<double> row = product.AsSpan(i * n + k + 1, n - k - 1);
                TensorPrimitives.MultiplyAdd(v, -scales[k] * TensorPrimitives.Dot(row, v), row, row);
            }
        }
        return product;
    }

    // What is negligible is measured on the whole matrix: the reduction to this form has rounded to that already, and where eigenvalues are 0, as of the Gram matrix of rows
    // that repeat, neighbours on the diagonal are rounding themselves and would never let an entry beside them count as small.
    private static void Diagonalize(double[] diagonal, double[] offDiagonal, double[] vectors, int n, int first, double negligible)
    {
        for (int iteration = 0; iteration < IterationsPerEigenvalue; iteration++)
        {
            int last = first;
            while (last < n - 1 && Math.Abs(offDiagonal[last]) > negligible)
                last++;
            if (last == first)
                return;

            // Wilkinson's shift: the eigenvalue of the leading 2 × 2 block that is closer to its first entry.
            double ratio = (diagonal[first + 1] - diagonal[first]) / (2 * offDiagonal[first]);
            double root = Hypotenuse(ratio, 1);
            double bulge = diagonal[last] - diagonal[first] + offDiagonal[first] / (ratio + (ratio >= 0 ? root : -root));
            double sine = 1, cosine = 1, shift = 0;
            int i = last - 1;
            for (; i >= first; i--)
            {
                double across = sine * offDiagonal[i];
                double along = cosine * offDiagonal[i];
                double length = Hypotenuse(across, bulge);
                offDiagonal[i + 1] = length;
                if (length == 0)
                {
                    // The matrix splits here: recover and start this eigenvalue again.
                    diagonal[i + 1] -= shift;
                    offDiagonal[last] = 0;
                    break;
                }
                sine = across / length;
                cosine = bulge / length;
                double start = diagonal[i + 1] - shift;
                double turned = (diagonal[i] - start) * sine + 2 * cosine * along;
                shift = sine * turned;
                diagonal[i + 1] = start + shift;
                bulge = cosine * turned - along;
                Rotate(vectors.AsSpan(i * n, n), vectors.AsSpan((i + 1) * n, n), cosine, sine);
            }
            if (i >= first)
                continue;
            diagonal[first] -= shift;
            offDiagonal[first] = bulge;
            offDiagonal[last] = 0;
        }
        throw new InvalidOperationException("The eigenvalues of the feature covariance did not converge.");
    }

    private static void Rotate(Span<double> upper, Span<double> lower, double cosine, double sine)
    {
        int width = System.Numerics.Vector<double>.Count;
        int i = 0;
        for (; i + width <= upper.Length; i += width)
        {
            System.Numerics.Vector<double> u = new(upper[i..]);
            System.Numerics.Vector<double> l = new(lower[i..]);
            (l * cosine + u * sine).CopyTo(lower[i..]);
            (u * cosine - l * sine).CopyTo(upper[i..]);
        }
        for (; i < upper.Length; i++)
        {
            (lower[i], upper[i]) = (lower[i] * cosine + upper[i] * sine, upper[i] * cosine - lower[i] * sine);
        }
    }

    private static double Hypotenuse(double x, double y) => double.Hypot(x, y);
}
