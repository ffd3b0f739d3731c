using MLTransfer.Heads.Linear;
using MLTransfer.Onnx.Training.Graphs;

namespace MLTransfer.Heads.Network;

/// <summary>The rows of a matrix as a source of training.</summary>
internal sealed class AlignedRows(AlignedMatrix matrix) : IRowStore
{
    public int CountOf(int row) => matrix.Columns;

    public void CopyTo(int row, Span<float> destination) => matrix.Row(row).CopyTo(destination);
}
