using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using MLTransfer.Internal;

namespace MLTransfer.Features;

/// <summary>Where a record lies.</summary>
/// <param name="Segment">Index of the segment in its store.</param>
/// <param name="Length">Bytes of the whole record.</param>
/// <param name="Offset">Bytes before it.</param>
internal readonly record struct RecordPlace(int Segment, int Length, long Offset);

/// <summary>A file of records, written by one process from its start to its end and read by any. Reading is thread-safe; scanning is not.</summary>
/// <param name="path">The file.</param>
/// <param name="keepOpen">Whether it stays open after the first read.</param>
internal sealed class FeatureSegment(string path, bool keepOpen) : IDisposable
{
    // Others may write to it, and delete it.
    private const FileShare Sharing = FileShare.ReadWrite | FileShare.Delete;
    private const int ScanBuffer = 1 << 16;

    private SafeFileHandle? _handle;

    public string Path => path;

    /// <summary>Bytes up to the end of the last whole record that a scan found.</summary>
    public long End { get; private set; }

    /// <summary>Whether the last scan found bytes behind <see cref="End"/>: a record that is not whole (yet), or damage.</summary>
    public bool HasTail { get; private set; }

    /// <summary>Hands on every whole record behind <see cref="End"/>; payloads are not read. Stops at the first head that is damaged or cut short.</summary>
    /// <exception cref="InvalidDataException">The segment is of another version or another store.</exception>
    public void Scan(string fingerprint, Action<FeatureKey, long, int> found)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, Sharing, ScanBuffer, FileOptions.SequentialScan);
        long length = file.Length;
        HasTail = length > End;
        Span<byte> head = stackalloc byte[Math.Max(SegmentHeader.ByteCount, FeatureRecord.HeadLength)];
        if (End == 0 && !(length >= SegmentHeader.ByteCount && Fill(file, 0, head[..SegmentHeader.ByteCount]) && SegmentHeader.Check(head[..SegmentHeader.ByteCount], path, fingerprint)))
            return;
        long at = Math.Max(End, SegmentHeader.ByteCount);
        head = head[..FeatureRecord.HeadLength];
        while (length - at >= head.Length && Fill(file, at, head) && FeatureRecord.TryReadHead(head, out FeatureKey key, out long record) && record <= length - at)
        {
            found(key, at, (int)record);
            at += record;
        }
        End = at;
        HasTail = length > at;
    }

    /// <summary>Reads a record; false where it is damaged, another one, or gone with its file.</summary>
    /// <exception cref="IOException">The disk cannot be read.</exception>
    public bool TryRead(RecordPlace place, in FeatureKey key, [NotNullWhen(true)] out FeatureBlock[]? blocks)
    {
        blocks = null;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(place.Length);
        SafeFileHandle? handle = Volatile.Read(ref _handle);
        SafeFileHandle? ownHandle = null;
        try
        {
            if (handle is null)
            {
                handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, Sharing, FileOptions.RandomAccess);
                // Of two threads that opened it, one keeps its handle.
                if (!keepOpen || Interlocked.CompareExchange(ref _handle, handle, null) is not null)
                    ownHandle = handle;
            }
            Span<byte> record = buffer.AsSpan(0, place.Length);
            for (int read = 0; read < record.Length;)
            {
                int more = RandomAccess.Read(handle, record[read..], place.Offset + read);
                if (more == 0)
                    return false;
                read += more;
            }
            return FeatureRecord.TryRead(record, key, out blocks);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Throw.SegmentUnreadable(path, e);
        }
        finally
        {
            ownHandle?.Dispose();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Makes the file, which must not exist, and keeps it open for writing and reading.</summary>
    public SafeFileHandle Create() => _handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, Sharing, FileOptions.RandomAccess);

    public void Dispose() => _handle?.Dispose();

    private static bool Fill(FileStream file, long offset, Span<byte> bytes)
    {
        file.Position = offset;
        return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;
    }
}
