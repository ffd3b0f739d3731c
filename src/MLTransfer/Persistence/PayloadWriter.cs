using System.Text.Json.Nodes;

namespace MLTransfer.Persistence;

/// <summary>Collects what a step saves: one JSON object of settings and any number of named binary parts.</summary>
internal abstract class PayloadWriter
{
    /// <summary>The step's settings, written into the manifest.</summary>
    public JsonObject Settings { get; } = [];

    /// <summary>Writes a named binary part of any size. <paramref name="name"/> is a plain file name, unique in the step.</summary>
    public abstract void WritePart(string name, Action<Stream> write);
}
