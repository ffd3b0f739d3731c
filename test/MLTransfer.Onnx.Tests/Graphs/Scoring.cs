using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MLTransfer.Onnx.Tests.Graphs;

/// <summary>Runs a session on made-up inputs that depend on nothing but their names, types and shapes.</summary>
internal static class Scoring
{
    public static InferenceSession Open(byte[] model)
    {
        // Old exporters list weights among the inputs, which ONNX Runtime warns of once for each.
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        return new InferenceSession(model, options);
    }

    public static InferenceSession Open(string file) => Open(File.ReadAllBytes(file));

    public static IReadOnlyDictionary<string, float[]> Run(InferenceSession session, int batch = 1, int length = 7)
    {
        var inputs = new List<NamedOnnxValue>();
        foreach ((string name, NodeMetadata input) in session.InputMetadata)
            inputs.Add(MakeInput(session, name, input, batch, length));
        return Run(session, inputs);
    }

    public static float[] RunFloats(InferenceSession session, string input, float[] values, params int[] shape) =>
        Run(session, [NamedOnnxValue.CreateFromTensor(input, new DenseTensor<float>(values, shape))]).Values.First();

    /// <summary>One text through a BERT.</summary>
    public static IReadOnlyDictionary<string, float[]> RunText(InferenceSession session, long[] ids)
    {
        long[] ones = new long[ids.Length];
        Array.Fill(ones, 1);
        int[] shape = [1, ids.Length];
        return Run(session,
        [
            NamedOnnxValue.CreateFromTensor("input_ids", new DenseTensor<long>(ids, shape)),
            NamedOnnxValue.CreateFromTensor("attention_mask", new DenseTensor<long>(ones, shape)),
            NamedOnnxValue.CreateFromTensor("token_type_ids", new DenseTensor<long>(new long[ids.Length], shape)),
        ]);
    }

    private static Dictionary<string, float[]> Run(InferenceSession session, IReadOnlyCollection<NamedOnnxValue> inputs)
    {
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> outputs = session.Run(inputs);
        return outputs.Where(o => o.Value is Tensor<float> or Tensor<Float16>).ToDictionary(o => o.Name, o => o.Value switch
        {
            Tensor<Float16> halves => [.. halves.ToDenseTensor().Buffer.ToArray().Select(h => (float)h)],
            _ => o.AsTensor<float>().ToArray(),
        });
    }

    private static NamedOnnxValue MakeInput(InferenceSession session, string name, NodeMetadata input, int batch, int length)
    {
        int[] shape = name switch
        {
            // These two do not say in the file what sizes they need.
            "input_features" => [batch, 80, 3000],
            "input" when session.InputMetadata.ContainsKey("sr") => [batch, 576],
            // Raw audio needs some hundreds of samples to make one frame; a fixed axis stays as it is.
            _ => [.. input.Dimensions.Select((d, axis) =>
                d > 0 ? d : axis == 0 || name == "state" ? batch : input.Dimensions.Length == 2 && input.ElementType == typeof(float) ? 16000 : length)],
        };
        int count = shape.Aggregate(1, (a, b) => a * b);
        var random = new Random(17);
        if (input.ElementType == typeof(long))
            return NamedOnnxValue.CreateFromTensor(name, new DenseTensor<long>(Integers(name, count, random), shape));
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = random.NextSingle() - 0.5f;
        return input.ElementType == typeof(Float16)
            ? NamedOnnxValue.CreateFromTensor(name, new DenseTensor<Float16>(values.Select(v => (Float16)v).ToArray(), shape))
            : NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(values, shape));
    }

    private static long[] Integers(string name, int count, Random random)
    {
        long[] values = new long[count];
        for (int i = 0; i < count; i++)
            values[i] = name.Contains("mask", StringComparison.Ordinal) ? 1 : name.Contains("type", StringComparison.Ordinal) ? 0 : name == "sr" ? 16000 : random.Next(1000, 2000);
        return values;
    }
}
