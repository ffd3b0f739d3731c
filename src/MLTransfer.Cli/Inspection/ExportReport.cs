using System.Text.Json;
using MLTransfer.Export;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Cli.Inspection;

/// <summary>What `export` wrote, as the file says it.</summary>
/// <param name="Path">The graph's file.</param>
/// <param name="ByteCount">Its bytes.</param>
/// <param name="Task">What the head predicts; null without a head.</param>
/// <param name="Labels">The names of the classes, in the order of the scores.</param>
/// <param name="Inputs">The graph's inputs.</param>
/// <param name="Outputs">The graph's outputs.</param>
/// <param name="Batching">What must be observed of batches; null where nothing.</param>
internal sealed record ExportReport(
    string Path, long ByteCount, string? Task, IReadOnlyList<string> Labels, IReadOnlyList<PortReport> Inputs, IReadOnlyList<PortReport> Outputs, string? Batching)
{
    /// <summary>Reads it back from the path that was asked for, a file or a folder.</summary>
    public static ExportReport Of(string path)
    {
        string graph = ExportFiles.IsFile(path) ? path : System.IO.Path.Combine(path, ExportFiles.GraphName);
        var source = ModelSource.FromFile(graph);
        using OnnxModel model = source.Read();
        Dictionary<string, string> stated = model.Metadata.ToDictionary(m => m.Key, m => m.Value);
        return new ExportReport(
            graph, source.ByteCount, stated.GetValueOrDefault(ExportMetadata.Task),
            stated.TryGetValue(ExportMetadata.Labels, out string? labels) ? JsonSerializer.Deserialize<string[]>(labels)! : [],
            [.. model.Graph.Inputs.Select(ModelInspector.Port)], [.. model.Graph.Outputs.Select(ModelInspector.Port)], stated.GetValueOrDefault(ExportMetadata.Batching));
    }
}
