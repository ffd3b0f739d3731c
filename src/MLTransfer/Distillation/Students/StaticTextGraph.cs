using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Distillation.Students;

/// <summary>
/// input_ids and attention_mask [batch, tokens] → feature [batch, D]: the vectors of the tokens, each times its token's weight, added up. Special tokens count for nothing, so a text of
/// unknown tokens gives zeros, however the weights are trained.
/// </summary>
internal static class StaticTextGraph
{
    /// <param name="table">V × D numbers.</param>
    /// <param name="weights">One for each token.</param>
    public static GraphBuilder Build(float[] table, float[] weights)
    {
        int size = weights.Length, dimension = table.Length / size;
        var graph = new GraphBuilder("static-text");
        string ids = graph.Input(StudentParts.Ids, OnnxElementType.Int64, "batch", "tokens");
        string mask = graph.Input(StudentParts.Mask, OnnxElementType.Int64, "batch", "tokens");
        string axis = graph.Initializer("token_axis", [1L], 1), last = graph.Initializer("number_axis", [2L], 1);
        // Special tokens have the first ids.
        string isWord = graph.Node("Greater", [ids, graph.Initializer("last_special", [WordPieceVocabulary.SpecialCount - 1L])], "is_word");
        string counted = graph.Node("Mul", [graph.Node("Cast", [isWord], "words", StudentParts.ToFloat), graph.Node("Cast", [mask], "mask", StudentParts.ToFloat)], "counted");

        string vectors = graph.Node("Gather", [graph.Initializer("token_table", table, size, dimension), ids], "token_vectors");
        string given = graph.Node("Squeeze", [graph.Node("Gather", [graph.Initializer("token_weights", weights, size, 1), ids], "token_weight"), last], "given_weights");
        string row = graph.Node("Unsqueeze", [graph.Node("Mul", [given, counted], "weights"), axis], "weights_row");
        string sum = graph.Node("Squeeze", [graph.Node("MatMul", [row, vectors], "sum_row"), axis], StudentParts.Feature);
        return graph.Output(sum, OnnxElementType.Float, "batch", dimension);
    }
}
