namespace MLTransfer.Onnx.Graphs;

/// <summary>A set of operators and the version of it that a model is written in. The empty domain is ONNX's own.</summary>
internal sealed record OnnxOpset(string Domain, long Version)
{
    public override string ToString() => $"{(Domain.Length == 0 ? "ai.onnx" : Domain)} {Version}";

    internal static OnnxOpset Read(ReadOnlyMemory<byte> message, ReadContext context)
    {
        context.CountName();
        string domain = "";
        long version = 0;
        var reader = new WireReader(message, context);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: domain = reader.Name(); break;
                case 2: version = reader.Int64(); break;
                default: reader.Skip(); break;
            }
        }
        return new OnnxOpset(domain, version);
    }

    internal void Write(WireWriter writer, int field) => writer.Message(field, static (w, opset) =>
    {
        w.Text(1, opset.Domain);
        w.Int64(2, opset.Version);
    }, this);
}
