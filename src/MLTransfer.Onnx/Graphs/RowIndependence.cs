namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// Whether the value of a row depends on the rows that share its batch. Dynamic quantisation is the common case: it scales by the largest value of
/// the whole tensor, so an int8 MiniLM gave none of 64 rows its single-row value in batches of 16 (cosine down to 0.98).
/// </summary>
/// <param name="RowsInterfere">True where a value of one row can change those of another.</param>
/// <param name="Reason">The node that mixes rows and how, or that there is none.</param>
internal sealed record RowIndependence(bool RowsInterfere, string Reason)
{
    /// <summary>
    /// Follows the inputs through the graph, its sub-graphs and functions. What depends on shapes and integers alone mixes no rows.
    /// </summary>
    public static RowIndependence Analyse(OnnxModel model) => new RowFlow(model).Analyse();
}
