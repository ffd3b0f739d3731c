namespace MLTransfer.Onnx.Graphs;

/// <summary>One axis of a value: a size, a name that stands for a size, or neither where the file says nothing.</summary>
internal readonly record struct OnnxDimension(long? Value, string? Symbol)
{
    public static implicit operator OnnxDimension(long value) => new(value, null);

    public static implicit operator OnnxDimension(string symbol) => new(null, symbol);

    public override string ToString() => Symbol ?? Value?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?";

    internal static OnnxDimension Read(ReadOnlyMemory<byte> message, ReadContext context)
    {
        OnnxDimension dimension = default;
        var reader = new WireReader(message, context);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                // Exporters write -1 for an axis of unknown size.
                case 1:
                    long value = reader.Int64();
                    dimension = value < 0 ? default : new(value, null);
                    break;
                case 2:
                    string symbol = reader.Name();
                    dimension = symbol.Length == 0 ? default : new(null, symbol);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return dimension;
    }

    internal void Write(WireWriter writer, int field) => writer.Message(field, static (w, d) =>
    {
        if (d.Value is long value)
            w.Int64(1, value);
        else if (d.Symbol is not null)
            w.Text(2, d.Symbol);
    }, this);
}
