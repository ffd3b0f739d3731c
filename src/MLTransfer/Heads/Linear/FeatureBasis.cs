using System.Numerics.Tensors;

namespace MLTransfer.Heads.Linear;

/// <summary>
/// Training features, centred, scaled and turned into the axes of their principal components. A rotation changes neither predictions nor an L2 penalty, but in these axes
/// the curvature of every linear loss is nearly diagonal, which is what makes the solver converge in few steps; and n rows in D &gt; n dimensions span at most n axes, so
/// few-shot training works on n numbers a row instead of D.
/// </summary>
internal sealed unsafe class FeatureBasis
{
    /// <summary>Largest covariance matrix that is decomposed (about two seconds). Above it the scaled axes are kept: the same minimum, in more steps.</summary>
    public const int LargestDecomposition = 1024;

    /// <summary>Largest Gram matrix that is decomposed: rows with more features than there are rows gain more, fewer numbers in each step besides fewer steps.</summary>
    public const int LargestGram = 2048;

    private const int RowBlock = 64;
    private const int TermBlock = 256;

    private readonly FeatureStandard _standard;
    private readonly double[]? _axes;

    private FeatureBasis(AlignedMatrix rows, FeatureStandard standard, double[]? axes, double[] variances)
    {
        Rows = rows;
        _standard = standard;
        _axes = axes;
        Variances = variances;
    }

    /// <summary>The training rows in the new axes.</summary>
    public AlignedMatrix Rows { get; }

    /// <summary>Weighted variance of the training rows along each axis.</summary>
    public double[] Variances { get; }

    public int AxisCount => Variances.Length;

    public int FeatureCount => _standard.Means.Length;

    /// <param name="features">n × D; destroyed, it becomes or loses its memory to <see cref="Rows"/>.</param>
    /// <param name="weights">One for each row, with a sum of 1.</param>
    /// <param name="scaling">How features are scaled.</param>
    /// <param name="workers">Threads.</param>
    public static FeatureBasis Create(AlignedMatrix features, double[] weights, FeatureScaling scaling, Workers workers)
    {
        int count = features.Rows, dimension = features.Columns;
        FeatureStandard standard = FeatureStandard.Of(features, weights, scaling, workers);
        standard.Apply(features, workers);
        if (count < dimension ? count > LargestGram : dimension > LargestDecomposition)
            return new FeatureBasis(features, standard, null, [.. standard.Variances.Zip(standard.Factors, (v, f) => v * f * f)]);

        (double[] axes, double[] along) = count < dimension ? FromGram(features, weights, workers) : FromCovariance(features, weights, workers);
        return new FeatureBasis(Rotate(features, axes, along.Length, workers), standard, axes, along);
    }

    /// <summary>Weights of one output in the new axes, as weights and bias for raw features.</summary>
    public (float[] Weights, float Bias) ToRaw(ReadOnlySpan<double> weights, double bias, double scale = 1)
    {
        double[] raw = new double[FeatureCount];
        if (_axes is null)
        {
            weights.CopyTo(raw);
        }
        else
        {
            for (int j = 0; j < weights.Length; j++)
                TensorPrimitives.MultiplyAdd(_axes.AsSpan(j * FeatureCount, FeatureCount), weights[j], raw, raw);
        }
        TensorPrimitives.Multiply(raw, _standard.Factors, raw);
        bias -= TensorPrimitives.Dot<double>(raw, _standard.Means);
        return ([.. raw.Select(w => (float)(w * scale))], (float)(bias * scale));
    }

    private static (double[] Axes, double[] Variances) FromCovariance(AlignedMatrix features, double[] weights, Workers workers)
    {
        int n = features.Columns;
        AlignedMatrix weighted = Scale(features, weights);
        double[] covariance = new double[n * n];
        int panel = 4 * AlignedMatrix.Width;
        int panels = (n + panel - 1) / panel;
        workers.For(panels * panels, tile =>
        {
            int row = tile / panels * panel, column = tile % panels * panel;
            if (row > column)
                return;
            int rows = Math.Min(panel, n - row), columns = Math.Min(panel, n - column);
            AlignedMatrix product = new(rows, panel);
            for (int from = 0; from < features.Rows; from += TermBlock)
            {
                int terms = Math.Min(TermBlock, features.Rows - from);
                MatrixProduct.Multiply(weighted.Pointer + (nint)from * weighted.Stride + row, 1, weighted.Stride, rows, terms,
                    features.Pointer + (nint)from * features.Stride + column, features.Stride,
                    (columns + AlignedMatrix.Width - 1) / AlignedMatrix.Width, product.Pointer, product.Stride);
                for (int r = 0; r < rows; r++)
                {
                    Span<double> sum = covariance.AsSpan((row + r) * n + column, columns);
                    ReadOnlySpan<float> part = product.Row(r)[..columns];
                    for (int c = 0; c < part.Length; c++)
                        sum[c] += part[c];
                }
            }
            GC.KeepAlive(product);
        });
        GC.KeepAlive(weighted);
        GC.KeepAlive(features);
        for (int r = 0; r < n; r++)
        {
            for (int c = 0; c < r; c++)
                covariance[r * n + c] = covariance[c * n + r];
        }
        double[] values = new double[n];
        double[] axes = SymmetricEigen.Decompose(covariance, n, values);
        return (axes, [.. values.Select(v => Math.Max(v, 0))]);
    }

    // With G = S·Z·Zᵀ·S for S = diag(√weight) and G = U·diag(e)·Uᵀ, the axes are the rows of diag(1/√e)·Uᵀ·S·Z. In double precision, since small eigenvalues are divided by.
    private static (double[] Axes, double[] Variances) FromGram(AlignedMatrix features, double[] weights, Workers workers)
    {
        const double Negligible = 1e-10;
        int count = features.Rows, dimension = features.Columns;
        double[] scaled = new double[count * dimension];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> row = features.Row(i);
            double factor = Math.Sqrt(weights[i]);
            for (int d = 0; d < dimension; d++)
                scaled[i * dimension + d] = row[d] * factor;
        }
        double[] gram = new double[count * count];
        workers.For(count, i =>
        {
            for (int j = 0; j <= i; j++)
            {
                double dot = TensorPrimitives.Dot<double>(scaled.AsSpan(i * dimension, dimension), scaled.AsSpan(j * dimension, dimension));
                gram[i * count + j] = dot;
                gram[j * count + i] = dot;
            }
        });
        double[] values = new double[count];
        double[] vectors = SymmetricEigen.Decompose(gram, count, values);
        double least = Negligible * values.DefaultIfEmpty(0).Max();
        int[] kept = [.. Enumerable.Range(0, count).Where(i => values[i] > least)];
        double[] axes = new double[kept.Length * dimension];
        workers.For(kept.Length, a =>
        {
            Span<double> axis = axes.AsSpan(a * dimension, dimension);
            for (int i = 0; i < count; i++)
                TensorPrimitives.MultiplyAdd(scaled.AsSpan(i * dimension, dimension), vectors[kept[a] * count + i] / Math.Sqrt(values[kept[a]]), axis, axis);
        });
        return (axes, [.. kept.Select(i => values[i])]);
    }

    private static AlignedMatrix Scale(AlignedMatrix features, double[] weights)
    {
        AlignedMatrix scaled = new(features.Rows, features.Columns);
        for (int i = 0; i < features.Rows; i++)
            TensorPrimitives.Multiply(features.Row(i), (float)weights[i], scaled.Row(i));
        return scaled;
    }

    private static AlignedMatrix Rotate(AlignedMatrix features, double[] axes, int axisCount, Workers workers)
    {
        int dimension = features.Columns;
        AlignedMatrix columns = new(dimension, axisCount);
        for (int a = 0; a < axisCount; a++)
        {
            for (int d = 0; d < dimension; d++)
                columns.Row(d)[a] = (float)axes[a * dimension + d];
        }
        AlignedMatrix rotated = new(features.Rows, axisCount);
        workers.ForRanges(features.Rows, RowBlock, (from, to) => MatrixProduct.Multiply(
            features.Pointer + (nint)from * features.Stride, features.Stride, 1, to - from, dimension, columns.Pointer, columns.Stride,
            columns.PaddedColumns / AlignedMatrix.Width, rotated.Pointer + (nint)from * rotated.Stride, rotated.Stride));
        GC.KeepAlive(features);
        GC.KeepAlive(columns);
        return rotated;
    }
}
