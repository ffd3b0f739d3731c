using MLTransfer.Onnx.Graphs;
using MLTransfer.Testing;

namespace MLTransfer.Cli.Tests;

/// <summary>Small pictures of one colour, and a graph that can tell them apart.</summary>
internal static class PhotoFolder
{
    /// <summary>A folder of classes: pictures of one colour, a little different from each other.</summary>
    public static string Write(string parent, params (string Class, byte Red, int Count)[] classes)
    {
        string folder = Path.Combine(parent, $"photos-{Guid.NewGuid():N}");
        foreach ((string name, byte red, int count) in classes)
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            for (int i = 0; i < count; i++)
                File.WriteAllBytes(Path.Combine(folder, name, $"{name}-{i}.bmp"), Bmp(red, i));
        }
        return folder;
    }

    /// <summary>image [rows, 3, 8, 8] → pooled [rows, 3] → scores [rows, 4].</summary>
    public static string WriteGraph(string folder)
    {
        var graph = new GraphBuilder("classifier");
        string averages = graph.Node("GlobalAveragePool", [graph.Input("image", OnnxElementType.Float, "rows", 3, 8, 8)], "averages");
        string pooled = graph.Node("Flatten", [averages], "pooled");
        string scores = graph.Node("Gemm", [pooled, graph.Initializer("w", [.. Enumerable.Range(0, 12).Select(i => MathF.Sin(i + 1))], 3, 4), graph.Initializer("b", [0f, 1f, 0f, 1f], 4)], "scores");
        string path = Path.Combine(folder, "classifier.onnx");
        File.WriteAllBytes(path, graph.Output(scores, OnnxElementType.Float, "rows", 4).ToBytes());
        return path;
    }

    private static byte[] Bmp(byte red, int seed)
    {
        var random = new Random(seed);
        return MediaFiles.Bmp(4, 4, (_, _) => ((byte)(red + random.Next(-20, 20)), (byte)random.Next(256), (byte)(250 - red + random.Next(-5, 5))));
    }
}
