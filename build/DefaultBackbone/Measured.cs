using System.Text.Json;

namespace MLTransfer.Build.DefaultBackbone;

/// <summary>
/// What the table was found to be worth, in measured.json beside this file; written by hand, since measuring takes far longer than making. It names
/// the graph that was measured, so that a card never bears the results of another.
/// </summary>
/// <param name="Sha256">SHA-256 of the graph that was measured.</param>
/// <param name="Notes">Results by the name of the set.</param>
internal sealed record Measured(string Sha256, Dictionary<string, string> Notes)
{
    public static Measured Read(string path) => JsonSerializer.Deserialize<Measured>(File.ReadAllBytes(path), JsonSerializerOptions.Web)
        ?? throw new InvalidDataException($"{path} is empty: it needs 'sha256' and 'notes'.");

    /// <summary>The results, or that there are none yet for this graph.</summary>
    public Dictionary<string, string> For(string sha256) => sha256 == Sha256 ? Notes : new() { ["quality"] = "Not measured yet." };
}
