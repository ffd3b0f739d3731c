using System.Collections.Immutable;

namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// An operator that the model itself defines by a body of nodes. Its remaining fields (attribute names, operator sets, documentation) are kept
/// unread.
/// </summary>
internal sealed record OnnxFunction : WireRecord
{
    public string Name { get; init { field = value; Wire = null; } } = "";

    public string Domain { get; init { field = value; Wire = null; } } = "";

    public ImmutableArray<string> Inputs { get; init { field = value; Wire = null; } } = [];

    public ImmutableArray<string> Outputs { get; init { field = value; Wire = null; } } = [];

    public ImmutableArray<OnnxNode> Nodes { get; init { field = value; Wire = null; } } = [];

    /// <summary>Attributes with a default.</summary>
    public ImmutableArray<OnnxAttribute> Attributes { get; init { field = value; Wire = null; } } = [];

    internal static OnnxFunction Read(ReadOnlyMemory<byte> message, ReadContext context)
    {
        context.CountRecord();
        string name = "";
        string domain = "";
        var inputs = ImmutableArray.CreateBuilder<string>(0);
        var outputs = ImmutableArray.CreateBuilder<string>(0);
        var nodes = ImmutableArray.CreateBuilder<OnnxNode>(0);
        var attributes = ImmutableArray.CreateBuilder<OnnxAttribute>(0);
        var others = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(0);
        var reader = new WireReader(message, context);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: name = reader.Name(); break;
                case 4:
                    context.CountName();
                    inputs.Add(reader.Name());
                    break;
                case 5:
                    context.CountName();
                    outputs.Add(reader.Name());
                    break;
                case 7: nodes.Add(OnnxNode.Read(reader.Bytes(), context)); break;
                case 10: domain = reader.Name(); break;
                case 11: attributes.Add(OnnxAttribute.Read(reader.Bytes(), context)); break;
                default: others.Add(reader.Whole()); break;
            }
        }
        return new OnnxFunction
        {
            Name = name,
            Domain = domain,
            Inputs = inputs.ToImmutable(),
            Outputs = outputs.ToImmutable(),
            Nodes = nodes.ToImmutable(),
            Attributes = attributes.ToImmutable(),
            OtherFields = others.ToImmutable(),
            Wire = message,
        };
    }

    internal override void WriteFields(WireWriter writer)
    {
        writer.Text(1, Name);
        writer.Texts(4, Inputs);
        writer.Texts(5, Outputs);
        writer.Messages(7, Nodes);
        writer.OptionalText(10, Domain);
        writer.Messages(11, Attributes);
        WriteOtherFields(writer);
    }
}
