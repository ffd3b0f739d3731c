namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>Rows of equal size, one after the other in memory.</summary>
internal sealed class MatrixStore(float[] values, int width) : IRowStore
{
    public int CountOf(int row) => width;

    public void CopyTo(int row, Span<float> destination) => values.AsSpan(row * width, width).CopyTo(destination);
}
