using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Recipes;

public sealed class EmbedTensorRecipe : Recipe
{
    [Test]
    public void EmbedTensor()
    {
        var graph = new GraphBuilder("policy");
        string product = graph.Node("MatMul",
            [graph.Input("obs", OnnxElementType.Float, "batch", 4), graph.Initializer("w", [1f, -1f, 2f, 0f, 0f, 1f, -2f, 1f], 4, 2)], "product");
        graph.Output(graph.Node("Relu", [product], "features"), OnnxElementType.Float, "batch", 2);
        File.WriteAllBytes("policy.onnx", graph.ToBytes());

        // sample: embed-tensor
        var ml = new MLContext();
        Backbone backbone = Backbone.Open("policy.onnx");    // one input, obs [batch, 4]; one output, features [batch, 2]
        IDataView data = ml.Data.LoadFromEnumerable(new[]
        {
            new Observation { State = [0.5f, 0.25f, -1f, 0f] },
            new Observation { State = [1f, 1f, 1f, 1f] },
        });
        using var embed = ml.Transforms.EmbedTensor("Features", backbone, inputColumnName: "State").Fit(data);
        foreach (float[] feature in embed.Transform(data).GetColumn<float[]>("Features"))
            Console.WriteLine(string.Join(" ", feature));
        // end
        Show("embed-tensor");
    }

    private sealed class Observation
    {
        [VectorType(4)]
        public float[] State { get; set; } = [];
    }
}
