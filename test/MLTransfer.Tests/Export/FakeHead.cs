using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Export;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Tests.Export;

/// <summary>A head that is not ML.NET's: it scores only in an exported graph.</summary>
internal sealed class FakeHead(HeadTask task, int featureCount, int count) : ITransformer, IOnnxHead
{
    public string StepName => "FakeHead";

    public string FeatureColumnName => "Features";

    public bool IsRowToRowMapper => false;

    public static float[] Weights(int featureCount, int count) => Support.TinyBackbones.Values(featureCount * count, seed: 77);

    public OnnxHead ToOnnx(int opset, OnnxDimension batch)
    {
        var graph = new OpsetGraph("fake", opset);
        string features = graph.Builder.Input("x", OnnxElementType.Float, batch, featureCount);
        string product = graph.Node("MatMul", [features, graph.Constant(Weights(featureCount, count), featureCount, count)]);
        graph.Builder.Output(task switch
        {
            HeadTask.Multiclass => graph.NamedNode(OnnxHead.Score, "Softmax", [product], OnnxAttribute.Of("axis", 1L)),
            _ => graph.NamedNode(OnnxHead.Score, "Identity", [product]),
        }, OnnxElementType.Float, batch, count);
        if (task != HeadTask.Regression)
        {
            graph.NamedNode(OnnxHead.PredictedLabel, "ArgMax", [OnnxHead.Score], OnnxAttribute.Of("axis", 1L), OnnxAttribute.Of("keepdims", 0L));
            graph.Builder.Output(OnnxHead.PredictedLabel, OnnxElementType.Int64, batch);
        }
        return new OnnxHead(graph.Builder.Build(), task, featureCount, task == HeadTask.Multiclass ? [.. Enumerable.Range(0, count).Select(i => $"class {i}")] : []);
    }

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => throw new NotSupportedException();

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException();

    public void Save(ModelSaveContext ctx) => throw new NotSupportedException();

    public IDataView Transform(IDataView input) => throw new NotSupportedException();
}
