using System.Numerics;
using System.Numerics.Tensors;

namespace MLTransfer.Heads.Linear;

/// <summary>
/// F(W, b) = Σ_i s_i · loss_i(W·x_i + b) + λ/2 · ‖W‖², with weights s of sum 1; its gradient, and the loss of rows that take no part (weight 0), which comes with the
/// same pass. Scores are floats, everything that is summed over rows is double. Sums run in an order that does not depend on threads.
/// </summary>
internal sealed unsafe class LinearObjective
{
    private const int ScoreBlock = 64;
    private const int GradientBlock = 512;
    private const int ClassBlock = 16;
    private static readonly int AxisRange = 4 * AlignedMatrix.Width;

    private readonly AlignedMatrix _rows;
    private readonly LinearLoss _loss;
    private readonly Workers _workers;
    private readonly AlignedMatrix _coefficients;
    private readonly AlignedMatrix _derivatives;
    private readonly AlignedMatrix _curvatures;
    private readonly double[] _blockSums;
    private readonly AlignedMatrix[] _tiles;
    private readonly AlignedMatrix[] _squares;

    public LinearObjective(AlignedMatrix rows, LinearLoss loss, Workers workers)
    {
        _rows = rows;
        _loss = loss;
        _workers = workers;
        _coefficients = new AlignedMatrix(Math.Max(rows.Columns, 1), loss.OutputCount);
        _derivatives = new AlignedMatrix(rows.Rows, loss.OutputCount);
        _curvatures = new AlignedMatrix(rows.Rows, loss.OutputCount);
        _blockSums = new double[(rows.Rows + ScoreBlock - 1) / ScoreBlock * SumsPerBlock];
        // Scratch for each range of axes, not for each thread: ranges are what runs at the same time.
        int ranges = (rows.Columns + AxisRange - 1) / AxisRange;
        _tiles = [.. Enumerable.Range(0, ranges).Select(_ => new AlignedMatrix(ClassBlock, AxisRange))];
        _squares = [.. Enumerable.Range(0, ranges).Select(_ => new AlignedMatrix(Math.Min(GradientBlock, rows.Rows), AxisRange))];
        Weights = new double[rows.Rows];
        HeldOutWeights = new double[rows.Rows];
        Curvatures = new double[loss.OutputCount];
    }

    /// <summary>Number of parameters: outputs × axes weights, then one bias for each output.</summary>
    public int ParameterCount => _loss.OutputCount * (_rows.Columns + 1);

    public int OutputCount => _loss.OutputCount;

    public int AxisCount => _rows.Columns;

    /// <summary>Weight of each row in the loss. To be filled by the caller; the sum should be 1.</summary>
    public double[] Weights { get; }

    /// <summary>Weight of each row in <see cref="HeldOutLoss"/>.</summary>
    public double[] HeldOutWeights { get; }

    /// <summary>Σ of held-out weight × loss at the last evaluation.</summary>
    public double HeldOutLoss { get; private set; }

    /// <summary>Weighted mean second derivative by each score at the last evaluation.</summary>
    public double[] Curvatures { get; }

    private int SumsPerBlock => 2 + 2 * _loss.OutputCount;

    public double Evaluate(ReadOnlySpan<double> parameters, double regularization, double[] gradient)
    {
        int outputs = OutputCount, axes = AxisCount;
        for (int k = 0; k < outputs; k++)
        {
            ReadOnlySpan<double> weights = parameters.Slice(k * axes, axes);
            float* column = _coefficients.Pointer + k;
            for (int j = 0; j < axes; j++)
                column[(nint)j * _coefficients.Stride] = (float)weights[j];
        }
        float[] biases = new float[outputs];
        for (int k = 0; k < outputs; k++)
            biases[k] = (float)parameters[outputs * axes + k];

        Array.Clear(_blockSums);
        _workers.ForRanges(_rows.Rows, ScoreBlock, (from, to) => ScoreRows(from, to, biases));
        int classBlocks = (outputs + ClassBlock - 1) / ClassBlock;
        _workers.ForRanges(axes, AxisRange, (from, to) =>
        {
            for (int block = 0; block < classBlocks; block++)
                SumGradient(block * ClassBlock, Math.Min(outputs, (block + 1) * ClassBlock), from, to, gradient);
        });
        GC.KeepAlive(this);

        double penalty = 0;
        ReadOnlySpan<double> all = parameters[..(outputs * axes)];
        if (axes > 0)
        {
            penalty = regularization / 2 * TensorPrimitives.SumOfSquares(all);
            TensorPrimitives.MultiplyAdd(all, regularization, gradient.AsSpan(0, outputs * axes), gradient.AsSpan(0, outputs * axes));
        }
        return penalty + ReduceBlocks(gradient.AsSpan(outputs * axes));
    }

    private void ScoreRows(int from, int to, float[] biases)
    {
        int outputs = OutputCount;
        float* scores = _derivatives.Pointer + (nint)from * _derivatives.Stride;
        MatrixProduct.Multiply(_rows.Pointer + (nint)from * _rows.Stride, _rows.Stride, 1, to - from, _rows.Columns, _coefficients.Pointer, _coefficients.Stride,
            _coefficients.PaddedColumns / AlignedMatrix.Width, scores, _derivatives.Stride);
        Span<double> sums = _blockSums.AsSpan(from / ScoreBlock * SumsPerBlock, SumsPerBlock);
        Span<double> biasSums = sums.Slice(2, outputs);
        Span<double> curvatureSums = sums.Slice(2 + outputs, outputs);
        for (int i = from; i < to; i++)
        {
            Span<float> row = _derivatives.Row(i);
            TensorPrimitives.Add(row, biases, row);
            Span<float> curvatures = _curvatures.Row(i);
            double loss = _loss.Differentiate(i, row, curvatures);
            double weight = Weights[i];
            sums[0] += weight * loss;
            sums[1] += HeldOutWeights[i] * loss;
            TensorPrimitives.Multiply(row, (float)weight, row);
            TensorPrimitives.Multiply(curvatures, (float)weight, curvatures);
            AddWidened(row, biasSums);
            AddWidened(curvatures, curvatureSums);
        }
    }

    // A tile of the gradient: classes × axes, summed over blocks of rows in order.
    private void SumGradient(int fromClass, int toClass, int fromAxis, int toAxis, double[] gradient)
    {
        int axes = AxisCount, classes = toClass - fromClass, width = toAxis - fromAxis;
        AlignedMatrix tile = _tiles[fromAxis / AxisRange];
        for (int k = fromClass; k < toClass; k++)
            gradient.AsSpan(k * axes + fromAxis, width).Clear();
        for (int from = 0; from < _rows.Rows; from += GradientBlock)
        {
            int terms = Math.Min(GradientBlock, _rows.Rows - from);
            MatrixProduct.Multiply(_derivatives.Pointer + (nint)from * _derivatives.Stride + fromClass, 1, _derivatives.Stride, classes, terms,
                _rows.Pointer + (nint)from * _rows.Stride + fromAxis, _rows.Stride, (width + AlignedMatrix.Width - 1) / AlignedMatrix.Width, tile.Pointer, tile.Stride);
            for (int k = 0; k < classes; k++)
                AddWidened(tile.Row(k)[..width], gradient.AsSpan((fromClass + k) * axes + fromAxis, width));
        }
    }

    /// <summary>The diagonal of the loss's second derivatives at the last evaluation, in the order of the parameters; the penalty is not in it.</summary>
    public void SecondDerivatives(double[] diagonal)
    {
        int outputs = OutputCount, axes = AxisCount;
        Array.Clear(diagonal);
        _workers.ForRanges(axes, AxisRange, (fromAxis, toAxis) =>
        {
            int width = toAxis - fromAxis;
            AlignedMatrix tile = _tiles[fromAxis / AxisRange], squares = _squares[fromAxis / AxisRange];
            for (int from = 0; from < _rows.Rows; from += GradientBlock)
            {
                int terms = Math.Min(GradientBlock, _rows.Rows - from);
                for (int i = 0; i < terms; i++)
                {
                    ReadOnlySpan<float> row = _rows.Row(from + i)[fromAxis..toAxis];
                    TensorPrimitives.Multiply(row, row, squares.Row(i)[..width]);
                }
                for (int first = 0; first < outputs; first += ClassBlock)
                {
                    int classes = Math.Min(ClassBlock, outputs - first);
                    MatrixProduct.Multiply(_curvatures.Pointer + (nint)from * _curvatures.Stride + first, 1, _curvatures.Stride, classes, terms,
                        squares.Pointer, squares.Stride, (width + AlignedMatrix.Width - 1) / AlignedMatrix.Width, tile.Pointer, tile.Stride);
                    for (int k = 0; k < classes; k++)
                        AddWidened(tile.Row(k)[..width], diagonal.AsSpan((first + k) * axes + fromAxis, width));
                }
            }
        });
        GC.KeepAlive(this);
        Curvatures.CopyTo(diagonal, outputs * axes);
    }

    private static void AddWidened(ReadOnlySpan<float> part, Span<double> sum)
    {
        int half = Vector<double>.Count;
        int i = 0;
        for (; i + 2 * half <= part.Length; i += 2 * half)
        {
            Vector.Widen(new Vector<float>(part[i..]), out Vector<double> low, out Vector<double> high);
            (new Vector<double>(sum[i..]) + low).CopyTo(sum[i..]);
            (new Vector<double>(sum[(i + half)..]) + high).CopyTo(sum[(i + half)..]);
        }
        for (; i < part.Length; i++)
            sum[i] += part[i];
    }

    private double ReduceBlocks(Span<double> biasGradient)
    {
        biasGradient.Clear();
        Array.Clear(Curvatures);
        double loss = 0;
        HeldOutLoss = 0;
        for (int start = 0; start < _blockSums.Length; start += SumsPerBlock)
        {
            loss += _blockSums[start];
            HeldOutLoss += _blockSums[start + 1];
            TensorPrimitives.Add(biasGradient, _blockSums.AsSpan(start + 2, OutputCount), biasGradient);
            TensorPrimitives.Add(Curvatures, _blockSums.AsSpan(start + 2 + OutputCount, OutputCount), Curvatures);
        }
        return loss;
    }
}
