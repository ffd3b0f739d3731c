using System.Collections.Immutable;

namespace MLTransfer.Onnx.Graphs;

/// <summary>One operation of a graph. A missing optional input or output is an empty name.</summary>
internal sealed record OnnxNode : WireRecord
{
    public string Name { get; init { field = value; Wire = null; } } = "";

    public string OpType { get; init { field = value; Wire = null; } } = "";

    /// <summary>The operator set; empty for ONNX's own, which files also call "ai.onnx".</summary>
    public string Domain { get; init { field = value; Wire = null; } } = "";

    public ImmutableArray<string> Inputs { get; init { field = value; Wire = null; } } = [];

    public ImmutableArray<string> Outputs { get; init { field = value; Wire = null; } } = [];

    public ImmutableArray<OnnxAttribute> Attributes { get; init { field = value; Wire = null; } } = [];

    /// <summary>Whether the operator is one of ONNX's own.</summary>
    public bool IsStandard => Domain is "" or "ai.onnx";

    /// <summary>The node as messages name it.</summary>
    public string Label => Name.Length > 0 ? $"{OpType} '{Name}'" : $"{OpType} that makes '{Outputs.FirstOrDefault()}'";

    public OnnxAttribute? Attribute(string name) => Attributes.FirstOrDefault(a => a.Name == name);

    public long Int(string name, long whenAbsent) => Attribute(name)?.Int ?? whenAbsent;

    /// <summary>An input's name, empty where it is left out.</summary>
    public string Input(int index) => index < Inputs.Length ? Inputs[index] : "";

    internal static OnnxNode Read(ReadOnlyMemory<byte> message, ReadContext context)
    {
        context.CountRecord();
        string name = "";
        string type = "";
        string domain = "";
        var inputs = ImmutableArray.CreateBuilder<string>(0);
        var outputs = ImmutableArray.CreateBuilder<string>(0);
        var attributes = ImmutableArray.CreateBuilder<OnnxAttribute>(0);
        var others = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(0);
        var reader = new WireReader(message, context);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    context.CountName();
                    inputs.Add(reader.Name());
                    break;
                case 2:
                    context.CountName();
                    outputs.Add(reader.Name());
                    break;
                case 3: name = reader.Name(); break;
                case 4: type = reader.Name(); break;
                case 5: attributes.Add(OnnxAttribute.Read(reader.Bytes(), context)); break;
                case 7: domain = reader.Name(); break;
                default: others.Add(reader.Whole()); break;
            }
        }
        return new OnnxNode
        {
            Name = name,
            OpType = type,
            Domain = domain,
            Inputs = inputs.ToImmutable(),
            Outputs = outputs.ToImmutable(),
            Attributes = attributes.ToImmutable(),
            OtherFields = others.ToImmutable(),
            Wire = message,
        };
    }

    internal override void WriteFields(WireWriter writer)
    {
        writer.Texts(1, Inputs);
        writer.Texts(2, Outputs);
        writer.OptionalText(3, Name);
        writer.Text(4, OpType);
        writer.Messages(5, Attributes);
        writer.OptionalText(7, Domain);
        WriteOtherFields(writer);
    }
}
