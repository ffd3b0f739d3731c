using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Graphs;

/// <summary>A model's bytes and where they are: in a file or in memory, with external data in files perhaps. Thread-safe; holds nothing open.</summary>
internal sealed class ModelSource
{
    private const int ChunkSize = 1 << 20;

    // By path, length and time of change of all the files: hashing 130 MB takes longer than opening them otherwise does.
    private static readonly ConcurrentDictionary<string, string> KnownHashes = new(StringComparer.Ordinal);

    private readonly object _lock = new();
    private string? _sha256;
    private ImmutableArray<string> _externalFiles;

    private ModelSource(string name, string? filePath, string? folder, ReadOnlyMemory<byte>? bytes, long byteCount)
    {
        Name = name;
        FilePath = filePath;
        Folder = folder;
        Bytes = bytes;
        ByteCount = byteCount;
    }

    /// <summary>For messages: the path, or the name given.</summary>
    public string Name { get; }

    /// <summary>The full path, of a model from a file.</summary>
    public string? FilePath { get; }

    /// <summary>The folder that external data lies in: the file's; of a model from memory the one given, or null where it must have none.</summary>
    public string? Folder { get; }

    /// <summary>The bytes, of a model from memory.</summary>
    public ReadOnlyMemory<byte>? Bytes { get; }

    /// <summary>Bytes of the graph's file, without external data.</summary>
    public long ByteCount { get; }

    /// <summary>SHA-256 over the graph's bytes and then each external file in ordinal order of their names, lower-case hexadecimal.</summary>
    /// <exception cref="InvalidDataException">The file is no ONNX model, or an external file is not where it must be.</exception>
    public string Sha256
    {
        get => Hash(CancellationToken.None);
    }

    /// <summary>Names of the files that hold external data, relative to the graph's folder.</summary>
    /// <exception cref="InvalidDataException">The file is no ONNX model.</exception>
    public IReadOnlyList<string> ExternalFiles
    {
        get
        {
            lock (_lock)
            {
                if (_externalFiles.IsDefault)
                {
                    using OnnxModel model = Read();
                    _externalFiles = Graphs.ExternalFiles.Names(model);
                }
                return _externalFiles;
            }
        }
    }

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static ModelSource FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string full = Path.GetFullPath(path);
        var info = new FileInfo(full);
        return info.Exists ? new ModelSource(full, full, Path.GetDirectoryName(full), bytes: null, info.Length) : throw Throw.GraphMissing(full);
    }

    /// <param name="bytes">The whole model. Not copied, and not to be changed afterwards.</param>
    /// <param name="name">For messages.</param>
    /// <param name="folder">The full path of the folder that its external data lies in: that of the file it was made from. Default: it must have none.</param>
    public static ModelSource FromMemory(byte[] bytes, string name, string? folder = null)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new ModelSource(name, filePath: null, folder, bytes, bytes.Length);
    }

    /// <summary>Reads the structure. The caller disposes the model, which holds the file mapped.</summary>
    /// <exception cref="InvalidDataException">The file is no ONNX model, is damaged, or goes beyond a limit.</exception>
    public OnnxModel Read()
    {
        if (FilePath is null)
            return OnnxModel.Read(Bytes!.Value, new ReadContext(Name, Folder), mapping: null);
        FileStream stream = File.OpenRead(FilePath);
        try
        {
            // An empty file cannot be mapped.
            if (stream.Length == 0)
                throw Throw.GraphEmpty(Name);
            if (stream.Length > ModelGuard.LargestFile)
                throw Throw.GraphTooLarge(Name, stream.Length, ModelGuard.LargestFile);
            var mapped = new MappedFile(stream);
            return OnnxModel.Read(mapped.Memory, new ReadContext(Name, Folder), mapped);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The whole guard, to be passed before ONNX Runtime sees the model.</summary>
    /// <param name="expectedSha256">The hash on record, in either case; null where there is none.</param>
    /// <param name="cancellationToken">Ends the hashing between two megabytes.</param>
    /// <exception cref="InvalidDataException">The file is no ONNX model, is damaged, unsafe or beyond a limit, or has another hash.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Check(string? expectedSha256, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using (OnnxModel model = Read())
            ModelGuard.Check(model, Name);
        // Also where nothing is expected: it is asked for right after, and then cannot be ended.
        if (expectedSha256 is not null || cancellationToken.CanBeCanceled)
            Hash(cancellationToken);
        if (expectedSha256 is not null && !expectedSha256.Equals(Sha256, StringComparison.OrdinalIgnoreCase))
            throw Throw.HashMismatch(Name, expectedSha256, Sha256);
    }

    /// <summary>The whole guard again, on the files as they are now: they must still have the hash that they were opened with.</summary>
    /// <exception cref="InvalidDataException">A file has changed, or <see cref="Check"/> refuses it.</exception>
    public void CheckUnchanged() => (FilePath is string path ? FromFile(path) : new ModelSource(Name, filePath: null, Folder, Bytes, ByteCount)).Check(Sha256);

    /// <summary>Writes the graph's bytes, without external data.</summary>
    public void CopyTo(Stream destination)
    {
        if (FilePath is null)
        {
            destination.Write(Bytes!.Value.Span);
            return;
        }
        using FileStream file = File.OpenRead(FilePath);
        file.CopyTo(destination);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private string Hash(CancellationToken cancellationToken)
    {
        lock (_lock)
            return _sha256 ??= Folder is null ? Hexadecimal(SHA256.HashData(Bytes!.Value.Span)) : HashFiles(cancellationToken);
    }

    private string HashFiles(CancellationToken cancellationToken)
    {
        var files = new List<string>();
        var key = new StringBuilder();
        if (FilePath is null)
            key.Append(Hexadecimal(SHA256.HashData(Bytes!.Value.Span))).Append('\0');
        else
            files.Add(FilePath);
        using (OnnxModel model = Read())
        {
            foreach (OnnxTensor tensor in model.AllTensors().Where(t => t.External is not null)
                .DistinctBy(t => t.External!.Location, StringComparer.Ordinal).OrderBy(t => t.External!.Location, StringComparer.Ordinal))
            {
                // Not before its name is known to be harmless.
                files.Add(Graphs.ExternalFiles.Resolve(tensor.External!, tensor.Name, tensor.Origin!));
            }
        }
        foreach (string file in files)
        {
            var info = new FileInfo(file);
            key.Append(file).Append('\0').Append(info.Length).Append('\0').Append(info.LastWriteTimeUtc.Ticks).Append('\0');
        }
        return KnownHashes.GetOrAdd(key.ToString(), static (_, content) => Hash(content.Bytes, content.Files, content.Token), (Bytes, Files: files, Token: cancellationToken));
    }

    private static string Hash(ReadOnlyMemory<byte>? bytes, IEnumerable<string> files, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (bytes is not null)
            hash.AppendData(bytes.Value.Span);
        byte[] chunk = new byte[ChunkSize];
        foreach (string file in files)
        {
            using FileStream stream = File.OpenRead(file);
            for (int read; (read = stream.Read(chunk)) > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(chunk.AsSpan(0, read));
            }
        }
        return Hexadecimal(hash.GetHashAndReset());
    }

    private static string Hexadecimal(byte[] hash) => string.Create(2 * hash.Length, hash, static (text, hash) =>
    {
        for (int i = 0; i < hash.Length; i++)
            hash[i].TryFormat(text[(2 * i)..], out _, "x2", System.Globalization.CultureInfo.InvariantCulture);
    });
}
