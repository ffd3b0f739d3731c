using System.Collections.Immutable;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// The rule for external data: a plain relative name of an ordinary file inside the model's folder. Anything else lets a downloaded graph read files
/// of its choosing (/etc/passwd as weights, a link that leads out of the folder), or memory (the marker that ONNX Runtime uses for tensors it holds
/// already).
/// </summary>
internal static class ExternalFiles
{
    private const string MemoryMarker = "_ORT_MEM_ADDR_";

    /// <summary>The file's full path, once its name and each folder on the way have been checked.</summary>
    public static string Resolve(ExternalData data, string tensor, ReadContext origin)
    {
        string location = data.Location;
        if (location.Contains(MemoryMarker, StringComparison.Ordinal))
            throw Throw.ExternalLocation(origin.Name, tensor, location, "it stands for an address in memory");
        if (origin.Folder is null)
            throw Throw.ExternalInMemory(origin.Name, tensor, location);
        if (location.Length == 0 || Path.IsPathRooted(location) || location[0] is '/' or '\\' || location.Contains(':', StringComparison.Ordinal))
            throw Throw.ExternalLocation(origin.Name, tensor, location, "it is no name relative to the model's folder");
        if (location.Any(char.IsControl) || location.Contains('\\', StringComparison.Ordinal))
            throw Throw.ExternalLocation(origin.Name, tensor, location, "it has a backslash or a control character");

        string path = origin.Folder;
        foreach (string part in location.Split('/'))
        {
            if (part is "" or "." or "..")
                throw Throw.ExternalLocation(origin.Name, tensor, location, "a part of it is empty, '.' or '..'");
            // Windows drops these, so that two names would mean one file.
            if (part[^1] is '.' or ' ')
                throw Throw.ExternalLocation(origin.Name, tensor, location, $"'{part}' ends in a dot or a space");
            path = Path.Combine(path, part);
            FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
            if (info.LinkTarget is not null || (info.Exists && info.Attributes.HasFlag(FileAttributes.ReparsePoint)))
                throw Throw.ExternalLocation(origin.Name, tensor, location, $"'{part}' is a link");
        }
        return File.Exists(path) ? path : throw Throw.ExternalMissing(origin.Name, tensor, path);
    }

    /// <summary>Checks name, place and size of a tensor's external data and returns the full path of its file.</summary>
    public static string Check(OnnxTensor tensor)
    {
        ExternalData data = tensor.External!;
        string path = Resolve(data, tensor.Name, tensor.Origin ?? new ReadContext(tensor.OriginName, folder: null));
        long expected = TensorData.ExpectedBytes(tensor);
        if (data.Length is long stated && stated != expected)
            throw Throw.TensorSize(tensor.OriginName, tensor.Name, tensor.ElementType, tensor.Dimensions, expected, stated);
        long available = new FileInfo(path).Length;
        if (data.Offset > available || expected > available - data.Offset)
            throw Throw.ExternalTooShort(tensor.OriginName, tensor.Name, path, data.Offset, expected, available);
        return path;
    }

    public static ReadOnlyMemory<byte> Load(OnnxTensor tensor)
    {
        string path = Check(tensor);
        long size = TensorData.ExpectedBytes(tensor);
        if (size > Array.MaxLength)
            throw Throw.TensorTooLarge(tensor.OriginName, tensor.Name, tensor.Dimensions);
        byte[] bytes = new byte[size];
        using FileStream stream = File.OpenRead(path);
        stream.Position = tensor.External!.Offset;
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The relative names of all external files of a model, in ordinal order, each once.</summary>
    public static ImmutableArray<string> Names(OnnxModel model) =>
        [.. model.AllTensors().Where(t => t.External is not null).Select(t => t.External!.Location).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
