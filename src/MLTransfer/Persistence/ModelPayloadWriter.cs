using Microsoft.ML;
using MLTransfer.Internal;
using MLTransfer.Schema;

namespace MLTransfer.Persistence;

/// <summary>Writes a step's parts as entries of ML.NET's archive and, last, the manifest that names them.</summary>
internal sealed class ModelPayloadWriter(ModelSaveContext context) : PayloadWriter
{
    private readonly List<PayloadPart> _parts = [];

    public override void WritePart(string name, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        if (!PayloadPart.IsName(name) || _parts.Exists(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            throw Throw.PartName(name);
        MlNetInternals.SaveBinaryStream(context, name, writer =>
        {
            using HashingStream stream = new(writer.BaseStream);
            write(stream);
            _parts.Add(new PayloadPart(name, stream.Length, stream.CurrentHash()));
        });
    }

    public void WriteManifest(IPersistedStep step)
    {
        PayloadManifest manifest = new(step.Kind, step.FormatVersion, step.GetType().Assembly.GetName().Name!, Settings, _parts);
        MlNetInternals.SaveBinaryStream(context, PayloadManifest.FileName, writer => manifest.Write(writer.BaseStream));
    }
}
