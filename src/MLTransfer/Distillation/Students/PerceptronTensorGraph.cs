using System.Globalization;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Distillation.Students;

/// <summary>input [batch, N] → feature [batch, D]: layers max(x W + b, 0), then a linear one.</summary>
internal static class PerceptronTensorGraph
{
    public const string Input = "input";

    public static GraphBuilder Build(int inputCount, PerceptronTensorOptions options)
    {
        var graph = new GraphBuilder("perceptron-tensor");
        var start = new StartWeights(options.Seed);
        string x = graph.Input(Input, OnnxElementType.Float, "batch", inputCount);
        int width = inputCount;
        for (int layer = 0; layer < options.HiddenUnits.Length; layer++)
        {
            int units = options.HiddenUnits[layer];
            string name = string.Create(CultureInfo.InvariantCulture, $"layer{layer}");
            x = graph.Node("Relu", [Linear(name, start.He(width, units), units, name)], $"{name}_relu");
            width = units;
        }
        x = Linear("output", start.Glorot(width, options.OutputDimension), options.OutputDimension, StudentParts.Feature);
        return graph.Output(x, OnnxElementType.Float, "batch", options.OutputDimension);

        string Linear(string name, float[] weights, int outputs, string output)
        {
            string product = graph.Node("MatMul", [x, graph.Initializer($"{name}_weights", weights, width, outputs)], $"{name}_product");
            return graph.Node("Add", [product, graph.Initializer($"{name}_biases", new float[outputs], outputs)], output);
        }
    }
}
