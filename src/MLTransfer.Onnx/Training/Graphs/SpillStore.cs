using System.Runtime.InteropServices;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>
/// Rows of any length, written once and read in every epoch: in memory up to a limit, then in a temporary file that is gone when this is disposed. Rows may be set by several threads
/// once there is <see cref="Reserve"/>d room for them; reading is thread-safe once all are there.
/// </summary>
/// <param name="memoryBudget">Bytes in memory at most, shared by all stores that are given it.</param>
/// <param name="name">What is stored, for messages.</param>
internal sealed class SpillStore(MemoryBudget memoryBudget, string name) : IRowStore, IDisposable
{
    private readonly object _lock = new();
    private float[]?[] _inMemory = [];
    private long[] _places = [];
    private int[] _counts = [];
    private FileStream? _file;
    private long _end;

    /// <summary>Bytes that lie in the file.</summary>
    public long SpilledBytes => _end;

    public int CountOf(int row) => _counts[row];

    /// <summary>Makes room for so many rows. Not while rows are set.</summary>
    public void Reserve(int rowCount)
    {
        if (rowCount <= _counts.Length)
            return;
        int size = Math.Max(rowCount, (int)Math.Min(2L * _counts.Length, Array.MaxLength));
        Array.Resize(ref _inMemory, size);
        Array.Resize(ref _places, size);
        Array.Resize(ref _counts, size);
    }

    /// <summary>Keeps a row.</summary>
    /// <exception cref="IOException">The temporary folder is full or cannot be written.</exception>
    public void Set(int row, ReadOnlySpan<float> values)
    {
        _counts[row] = values.Length;
        if (memoryBudget.TryTake((long)values.Length * sizeof(float)))
        {
            _inMemory[row] = values.ToArray();
            return;
        }
        long place;
        lock (_lock)
        {
            _file ??= Open();
            place = _end;
            _end += (long)values.Length * sizeof(float);
        }
        _places[row] = place;
        try
        {
            RandomAccess.Write(_file.SafeFileHandle, MemoryMarshal.AsBytes(values), place);
        }
        catch (IOException e)
        {
            throw Throw.SpillFailed(name, _file.Name, _end, e);
        }
    }

    public void CopyTo(int row, Span<float> destination)
    {
        if (_inMemory[row] is float[] values)
        {
            values.CopyTo(destination);
            return;
        }
        Span<byte> bytes = MemoryMarshal.AsBytes(destination[.._counts[row]]);
        for (int read = 0; read < bytes.Length;)
        {
            int more = RandomAccess.Read(_file!.SafeFileHandle, bytes[read..], _places[row] + read);
            read += more > 0 ? more : throw Throw.SpillCutShort(name, _file.Name);
        }
    }

    public void Dispose() => _file?.Dispose();

    private FileStream Open()
    {
        string path = Path.Combine(Path.GetTempPath(), $"mltransfer-{Guid.NewGuid():N}.rows");
        try
        {
            return new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose | FileOptions.RandomAccess);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Throw.SpillFailed(name, path, 0, e);
        }
    }
}
