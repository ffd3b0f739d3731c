using System.Text.Json.Nodes;

namespace MLTransfer.Persistence;

/// <summary>Gives back what a <see cref="PayloadWriter"/> took.</summary>
internal abstract class PayloadReader
{
    public abstract string Kind { get; }

    /// <summary>Version of the format the step was written with, 1 or above.</summary>
    public abstract int FormatVersion { get; }

    public abstract JsonObject Settings { get; }

    public abstract IReadOnlyList<string> PartNames { get; }

    /// <summary>The bytes of a part; an <see cref="InvalidDataException"/> that names the part where it is missing or cut short.</summary>
    public abstract byte[] ReadPart(string name);
}
