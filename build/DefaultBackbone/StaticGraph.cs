using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Build.DefaultBackbone;

/// <summary>
/// input_ids and attention_mask [batch, tokens] → sentence_embedding [batch, D]: rows of the table, added up with the scale of each times the mask,
/// divided by the Euclidean norm. A text of no known token gives zeros.
/// </summary>
internal static class StaticGraph
{
    public const string Ids = "input_ids";
    public const string Mask = "attention_mask";
    public const string Feature = "sentence_embedding";

    // Far below the norm of any token's row, far above what float loses to underflow.
    private const float LeastNorm = 1e-12f;

    public static byte[] Make(StaticTable table)
    {
        var graph = new GraphBuilder("default-text");
        string ids = graph.Input(Ids, OnnxElementType.Int64, "batch", "tokens");
        string mask = graph.Input(Mask, OnnxElementType.Int64, "batch", "tokens");
        string numbers = graph.Initializer("table", table.Numbers, table.Scales.Length, table.Dimension);
        string scales = graph.Initializer("scales", table.Scales, table.Scales.Length);
        string axis = graph.Initializer("token_axis", [1L], 1);
        OnnxAttribute toFloat = OnnxAttribute.Of("to", (long)OnnxElementType.Float);

        // Only the rows that a text needs become float, four bytes a number, after they were picked.
        string rows = graph.Node("Cast", [graph.Node("Gather", [numbers, ids], "rows")], "rows_float", toFloat);
        string attended = graph.Node("Cast", [mask], "mask_float", toFloat);
        string weights = graph.Node("Mul", [graph.Node("Gather", [scales, ids], "row_scales"), attended], "weights");
        string sum = graph.Node("MatMul", [graph.Node("Unsqueeze", [weights, axis], "weights_row"), rows], "sum_row");
        sum = graph.Node("Squeeze", [sum, axis], "sum");
        string norm = graph.Node("ReduceL2", [sum], "norm", OnnxAttribute.Of("axes", [1L]), OnnxAttribute.Of("keepdims", 1L));
        norm = graph.Node("Max", [norm, graph.Initializer("least_norm", [LeastNorm])], "safe_norm");
        return graph.Output(graph.Node("Div", [sum, norm], Feature), OnnxElementType.Float, "batch", table.Dimension).ToBytes();
    }
}
