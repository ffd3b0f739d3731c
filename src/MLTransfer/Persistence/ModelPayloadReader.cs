using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MLTransfer.Internal;
using MLTransfer.Schema;

namespace MLTransfer.Persistence;

/// <summary>
/// Reads a step's manifest and parts from ML.NET's archive, which unpacks an entry into a temporary file of its own and removes it when the loading
/// ends.
/// </summary>
internal sealed class ModelPayloadReader : PayloadReader
{
    private readonly object _context;
    private readonly string _directory;
    private readonly PayloadManifest _manifest;

    /// <param name="context">ML.NET's <c>ModelLoadContext</c>.</param>
    public ModelPayloadReader(object context)
    {
        _context = context;
        _directory = MlNetInternals.GetDirectory(context);
        PayloadManifest? manifest = null;
        void Read(BinaryReader reader) => manifest = PayloadManifest.Read(reader.BaseStream, _directory);
        if (!MlNetInternals.TryLoadBinaryStream(context, PayloadManifest.FileName, Read))
            throw Throw.ManifestMissing(_directory);
        _manifest = manifest!;
    }

    public override string Kind => _manifest.Kind;

    public override int FormatVersion => _manifest.FormatVersion;

    public override JsonObject Settings => _manifest.Settings;

    public override IReadOnlyList<string> PartNames => [.. _manifest.Parts.Select(p => p.Name)];

    /// <summary>The simple name of the assembly that knows the kind.</summary>
    public string StepAssembly => _manifest.Assembly;

    /// <summary>The step's directory in the archive, for errors.</summary>
    public string Directory => _directory;

    public override byte[] ReadPart(string name)
    {
        byte[] bytes = [];
        Open(name, (stream, part) =>
        {
            if (part.Length > Array.MaxLength)
                throw Throw.PartTooLarge(_directory, name, part.Length);
            bytes = GC.AllocateUninitializedArray<byte>((int)part.Length);
            stream.ReadExactly(bytes);
            CheckHash(part, SHA256.HashData(bytes));
        });
        return bytes;
    }

    public override void ReadPart(string name, Action<Stream> read) => Open(name, (stream, part) =>
    {
        CheckHash(part, SHA256.HashData(stream));
        stream.Position = 0;
        read(stream);
    });

    private void Open(string name, Action<Stream, PayloadPart> read)
    {
        PayloadPart part = _manifest.Parts.FirstOrDefault(p => p.Name == name) ?? throw Throw.PartUnknown(_directory, Kind, name, PartNames);
        bool exists = MlNetInternals.TryLoadBinaryStream(_context, name, reader =>
        {
            // The length is checked before anything of the declared size is allocated.
            if (reader.BaseStream.Length != part.Length)
                throw Throw.PartLength(_directory, name, part.Length, reader.BaseStream.Length);
            read(reader.BaseStream, part);
        });
        if (!exists)
            throw Throw.PartMissing(_directory, name);
    }

    private void CheckHash(PayloadPart part, byte[] found)
    {
        string hash = Convert.ToHexString(found).ToLowerInvariant();
        if (hash != part.Sha256)
            throw Throw.PartChanged(_directory, part.Name, part.Sha256, hash);
    }
}
