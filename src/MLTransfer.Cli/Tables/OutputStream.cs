using System.Runtime.ExceptionServices;

namespace MLTransfer.Cli.Tables;

/// <summary>A file that a library outside .NET writes to. It tells errors as its own; here they come out as they came in, such as that the disk is full.</summary>
/// <param name="file">The file; disposed with this.</param>
internal sealed class OutputStream(FileStream file) : Stream
{
    private ExceptionDispatchInfo? _error;
    private bool _isAbandoned;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => file.Length;

    public override long Position { get => file.Position; set => throw new NotSupportedException(); }

    /// <summary>Does what writes to this, and throws what this threw.</summary>
    public T Guard<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch
        {
            _error?.Throw();
            throw;
        }
    }

    /// <summary>From now on nothing is written any more.</summary>
    public void Abandon() => _isAbandoned = true;

    /// <summary>Has the system put all on the disk.</summary>
    public void Complete()
    {
        file.Flush(flushToDisk: true);
        Abandon();
        file.Dispose();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_isAbandoned)
            return;
        try
        {
            file.Write(buffer);
        }
        catch (Exception e)
        {
            _error ??= ExceptionDispatchInfo.Capture(e);
            _isAbandoned = true;
            throw;
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }
}
