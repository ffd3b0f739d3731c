using System.Runtime.InteropServices;
using System.Text.Json;
using MLTransfer.Testing;

namespace MLTransfer.Tests.Parity;

/// <summary>What the reference implementations gave, beside the scripts that asked them.</summary>
internal static class ParityFiles
{
    private static readonly string Folder = Path.Combine(Assets.RepositoryRoot, "test", "MLTransfer.Tests", "Parity", "Golden");

    /// <summary>Sentences that we wrote for this: empty, short, in many scripts, and longer than the models take.</summary>
    public static string[] Sentences() => JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(Path.Combine(Folder, "sentences.json")))!;

    /// <summary>The reference's features of <see cref="Sentences"/>.</summary>
    public static float[][] Features(string model, int dimension)
    {
        // The files are little-endian, as every machine is that .NET 10 and ONNX Runtime run on together.
        float[] numbers = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(Folder, $"{model}.bin"))).ToArray();
        return [.. numbers.Chunk(dimension)];
    }

    public static JsonElement Json(string name) => JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(Path.Combine(Folder, name)));

    public static string[][] Table(string name) =>
        [.. File.ReadAllText(Path.Combine(Folder, name)).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Select(l => l.Split('\t'))];
}
