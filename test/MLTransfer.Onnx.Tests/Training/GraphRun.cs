using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Tests.Training;

/// <summary>Runs a model on named tensors, its nodes as they are: fused ones would differ from those of another graph in the last bits.</summary>
internal static class GraphRun
{
    /// <summary>What a model makes of inputs; an input that it does not read is left out.</summary>
    public static Dictionary<string, (long[] Shape, float[] Values)> Run(OnnxModel model, IReadOnlyDictionary<string, OrtValue> inputs, params string[] outputs)
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
        using var session = new InferenceSession(model.ToBytes(), options);
        string[] names = [.. session.InputNames];
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> made = session.Run(run, names, [.. names.Select(n => inputs[n])], outputs);
        return outputs.Zip(made).ToDictionary(p => p.First, p => (p.Second.GetTensorTypeAndShape().Shape, p.Second.GetTensorDataAsSpan<float>().ToArray()));
    }

    public static OrtValue Floats(float[] values, params long[] shape) => OrtValue.CreateTensorValueFromMemory(values, shape);

    public static OrtValue Integers(long[] values, params long[] shape) => OrtValue.CreateTensorValueFromMemory(values, shape);

    public static float[] Random(int count, int seed, float scale = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => scale * (2 * random.NextSingle() - 1))];
    }
}
