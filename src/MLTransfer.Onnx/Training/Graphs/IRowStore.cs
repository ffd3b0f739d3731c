namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>Numbers of rows, by row index. Thread-safe for reading.</summary>
internal interface IRowStore
{
    /// <summary>How many numbers a row has.</summary>
    int CountOf(int row);

    /// <summary>Copies a row.</summary>
    void CopyTo(int row, Span<float> destination);
}
