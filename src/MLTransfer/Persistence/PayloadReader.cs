using System.Text.Json.Nodes;

namespace MLTransfer.Persistence;

/// <summary>
/// Gives back what a <see cref="PayloadWriter"/> took. Valid only until the step's reading method returns: what lies behind it is closed then.
/// </summary>
internal abstract class PayloadReader
{
    public abstract string Kind { get; }

    /// <summary>Version of the format the step was written with, 1 or above.</summary>
    public abstract int FormatVersion { get; }

    public abstract JsonObject Settings { get; }

    public abstract IReadOnlyList<string> PartNames { get; }

    /// <summary>
    /// The bytes of a part, checked against the recorded length and hash; an <see cref="InvalidDataException"/> that names the part where it is
    /// missing, cut short or changed.
    /// </summary>
    public abstract byte[] ReadPart(string name);

    /// <summary>
    /// Hands over a part of any size as a stream that can seek. Length and hash are checked before <paramref name="read"/> sees the first byte, so
    /// that no parser meets a changed file; the price is a second read of the file. Errors as for <see cref="ReadPart(string)"/>.
    /// </summary>
    public virtual void ReadPart(string name, Action<Stream> read)
    {
        using MemoryStream stream = new(ReadPart(name), writable: false);
        read(stream);
    }
}
