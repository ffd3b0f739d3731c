using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Recipes;

public sealed class ExportRecipe : Recipe
{
    [Test]
    public void ExportOnnx()
    {
        // sample: export-onnx
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(Tickets.Training);
        using var model = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.EmbedText("Features", DefaultBackbones.Text))
            .Append(ml.MulticlassClassification.Trainers.LinearHead())
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
            .Fit(data);
        model.ExportOnnx("tickets.onnx");

        using var session = new InferenceSession("tickets.onnx");       // ONNX Runtime alone from here on
        Console.WriteLine($"takes {string.Join(", ", session.InputMetadata.Keys)}");
        Console.WriteLine($"gives {string.Join(", ", session.OutputMetadata.Keys)}");
        Console.WriteLine($"labels {session.ModelMetadata.CustomMetadataMap["mltransfer.labels"]}");
        // end
        Show("export-onnx");
    }

    [Test]
    public void ReadBack()
    {
        // sample: export-read-back
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(Tickets.New);
        using var embed = ml.Transforms.EmbedText("Features", DefaultBackbones.Text).Fit(data);
        embed.ExportOnnx("encoder");                                    // a folder: graph, card, tokenizer

        Backbone backbone = Backbone.Open("encoder");
        Console.WriteLine($"{string.Join(", ", Directory.GetFiles("encoder").Select(Path.GetFileName).Order(StringComparer.Ordinal))}");
        Console.WriteLine($"feature {backbone.Card.FeatureOutput}, {backbone.Dimension} numbers");
        // end
        Show("export-read-back");
    }

    [Test]
    public void ToPlainMlNet()
    {
        var graph = new GraphBuilder("policy");
        string product = graph.Node("MatMul",
            [graph.Input("obs", OnnxElementType.Float, "batch", 4), graph.Initializer("w", [1f, -1f, 2f, 0f, 0f, 1f, -2f, 1f], 4, 2)], "product");
        graph.Output(graph.Node("Relu", [product], "features"), OnnxElementType.Float, "batch", 2);
        File.WriteAllBytes("policy.onnx", graph.ToBytes());

        // sample: to-plain-mlnet
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(new[]
        {
            new Observation { State = [0.5f, 0.25f, -1f, 0f], Falls = false },
            new Observation { State = [1f, 1f, 1f, 1f], Falls = true },
            new Observation { State = [0.4f, 0.3f, -1f, 0.1f], Falls = false },
            new Observation { State = [0.9f, 1f, 0.8f, 1f], Falls = true },
        });
        using var model = ml.Transforms.EmbedTensor("Features", Backbone.Open("policy.onnx"), inputColumnName: "State")
            .Append(ml.BinaryClassification.Trainers.LinearHead("Falls"))
            .Fit(data);
        using var plain = model.ToPlainMlNet(ml, data);
        ml.Model.Save(plain, data.Schema, "plain.zip");                 // loads where MLTransfer is not installed
        foreach (ITransformer step in plain)
            Console.WriteLine(step.GetType().Name.Split('`')[0]);
        // end
        Show("to-plain-mlnet");
    }

    private sealed class Observation
    {
        [VectorType(4)]
        public float[] State { get; set; } = [];

        public bool Falls { get; set; }
    }
}
