using System.Collections.Immutable;

namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// A message of an ONNX file. As long as nothing in it is changed it is written as the bytes it was read from; a changed copy is written by field
/// number, with the fields that this library does not know behind the others.
/// </summary>
/// <remarks>Every property's <c>init</c> forgets <see cref="Wire"/>, so a <c>with</c> expression can never write stale bytes.</remarks>
internal abstract record WireRecord
{
    /// <summary>The message as it was read; null once changed or where it was made here.</summary>
    internal ReadOnlyMemory<byte>? Wire { get; private protected set; }

    /// <summary>Fields that have no property, whole, as they stood in the file.</summary>
    internal ImmutableArray<ReadOnlyMemory<byte>> OtherFields { get; init { field = value; Wire = null; } } = [];

    internal abstract void WriteFields(WireWriter writer);

    private protected void WriteOtherFields(WireWriter writer)
    {
        foreach (ReadOnlyMemory<byte> other in OtherFields)
            writer.Raw(other);
    }

    private protected static KeyValuePair<string, string> ReadPair(ReadOnlyMemory<byte> message, ReadContext context)
    {
        context.CountName();
        string key = "";
        string value = "";
        var reader = new WireReader(message, context);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: key = reader.Name(); break;
                case 2: value = reader.Text(ReadContext.LongestText); break;
                default: reader.Skip(); break;
            }
        }
        return new(key, value);
    }
}
