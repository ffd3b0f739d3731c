using Microsoft.Win32.SafeHandles;
using MLTransfer.Internal;

namespace MLTransfer.Features;

/// <summary>Writes bytes at an offset of a file.</summary>
internal delegate void WriteBytes(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset);

/// <summary>
/// Appends records to a segment of its own: into memory first, then into the file, which is made with the first flush. Where the file cannot take them, they stay in memory, and the next flush tries
/// again. Not thread-safe.
/// </summary>
internal sealed class SegmentWriter
{
    private const int FirstCapacity = 1 << 14;

    private readonly FeatureSegment _segment;
    private readonly int _index;
    private readonly WriteBytes _write;
    private byte[] _buffer = new byte[FirstCapacity];
    private int _buffered;
    private long _written;
    private SafeFileHandle? _file;

    public SegmentWriter(FeatureSegment segment, int index, string fingerprint, WriteBytes write)
    {
        _segment = segment;
        _index = index;
        _write = write;
        SegmentHeader.Write(_buffer, fingerprint);
        _buffered = SegmentHeader.ByteCount;
    }

    /// <summary>Bytes that are in memory alone.</summary>
    public int Buffered => _buffered;

    /// <summary>Adds a record to those in memory.</summary>
    public RecordPlace Append(in FeatureKey key, FeatureBlock[] blocks, int length)
    {
        int end = checked(_buffered + length);
        if (end > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(end, (int)Math.Min(2L * _buffer.Length, Array.MaxLength)));
        FeatureRecord.Write(key, blocks, _buffer.AsSpan(_buffered, length));
        var place = new RecordPlace(_index, length, _written + _buffered);
        _buffered = end;
        return place;
    }

    /// <summary>The record at a place, if it is still in memory.</summary>
    public ReadOnlySpan<byte> FindBuffered(RecordPlace place) =>
        place.Segment == _index && place.Offset >= _written ? _buffer.AsSpan((int)(place.Offset - _written), place.Length) : [];

    /// <summary>Hands everything to the operating system.</summary>
    /// <exception cref="IOException">The file cannot be made, or the disk is full; what was in the file before is there, and nothing else.</exception>
    public void Flush()
    {
        if (_buffered == 0)
            return;
        try
        {
            if (_file is null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(_segment.Path)!);
                _file = _segment.Create();
            }
            _write(_file, _buffer.AsSpan(0, _buffered), _written);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CutBack();
            throw Throw.FeaturesNotWritten(Path.GetDirectoryName(_segment.Path)!, _buffered, e);
        }
        _written += _buffered;
        _buffered = 0;
    }

    private void CutBack()
    {
        try
        {
            if (_file is not null)
                RandomAccess.SetLength(_file, _written);
        }
        catch (IOException)
        {
            // The error on its way says more. Half a record at the end is ignored by every reader, and the next flush writes over it.
        }
    }
}
