using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Tests.Export;

/// <summary>An exported graph in ONNX Runtime as another program has it: bytes, and tensors by name.</summary>
internal sealed class ExportedModel : IDisposable
{
    private readonly InferenceSession _session;

    public ExportedModel(byte[] bytes)
    {
        Bytes = bytes;
        Model = OnnxModel.FromBytes(bytes, "exported");
        _session = new InferenceSession(bytes);
    }

    public byte[] Bytes { get; }

    public OnnxModel Model { get; }

    public string[] Inputs => [.. Model.Graph.Inputs.Select(i => i.Name)];

    public string[] Outputs => [.. Model.Graph.Outputs.Select(o => o.Name)];

    public static ExportedModel Of(ITransformer model, ExportOptions? options = null)
    {
        using var stream = new MemoryStream();
        model.ExportOnnx(stream, options ?? new ExportOptions());
        return new ExportedModel(stream.ToArray());
    }

    public string? Metadata(string key) => Model.Metadata.FirstOrDefault(m => m.Key == key).Value;

    public string[] Labels() => JsonSerializer.Deserialize<string[]>(Metadata("mltransfer.labels")!)!;

    /// <summary>Runs it once over all rows.</summary>
    public IReadOnlyDictionary<string, Array> Run(params (string Name, OrtValue Value)[] inputs)
    {
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(options, [.. inputs.Select(i => i.Name)], [.. inputs.Select(i => i.Value)], Outputs);
        var found = new Dictionary<string, Array>();
        for (int i = 0; i < outputs.Count; i++)
        {
            found[Outputs[i]] = outputs[i].GetTensorTypeAndShape().ElementDataType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Int64
                ? outputs[i].GetTensorDataAsSpan<long>().ToArray() : outputs[i].GetTensorDataAsSpan<float>().ToArray();
        }
        foreach ((_, OrtValue value) in inputs)
            value.Dispose();
        return found;
    }

    /// <summary>Runs it over rows of numbers, each of the same shape.</summary>
    public IReadOnlyDictionary<string, Array> RunNumbers(string input, float[][] rows, params long[] shape) =>
        Run((input, OrtValue.CreateTensorValueFromMemory(rows.SelectMany(r => r).ToArray(), [rows.Length, .. shape])));

    /// <summary>Runs it over texts in one batch, padded to the longest or to a given length.</summary>
    public IReadOnlyDictionary<string, Array> RunTexts(Backbone backbone, IReadOnlyList<string> texts, int? length = null, int? maximumLength = null)
    {
        int[][] ids = [.. texts.Select(t =>
        {
            int[] buffer = new int[64];
            int count = backbone.Tokenizer!.Encode(t.AsMemory(), maximumLength ?? backbone.Card.MaximumLength!.Value, ref buffer);
            return buffer[..count];
        })];
        int longest = length ?? ids.Max(i => i.Length);
        long[] Padded(Func<int[], IEnumerable<long>> row, long padding) => [.. ids.SelectMany(i => row(i).Concat(Enumerable.Repeat(padding, longest - i.Length)))];
        var feeds = new List<(string, OrtValue)>();
        foreach ((string role, string name) in backbone.Card.Inputs.Where(i => Inputs.Contains(i.Value)))
        {
            long[] values = role switch
            {
                "ids" => Padded(i => i.Select(id => (long)id), backbone.Tokenizer!.PadId),
                "mask" => Padded(i => i.Select(_ => 1L), 0),
                _ => Padded(i => i.Select(_ => 0L), 0),
            };
            feeds.Add((name, OrtValue.CreateTensorValueFromMemory(values, [ids.Length, longest])));
        }
        return Run([.. feeds]);
    }

    public void Dispose() => _session.Dispose();

    public static float[] Flat(IEnumerable<float[]> rows) => [.. rows.SelectMany(r => r)];
}
