namespace MLTransfer.Export;

/// <summary>Writes through to another stream, which stays open, and looks at a token at least every megabyte: a graph of a gigabyte may come as one tensor.</summary>
internal sealed class CancellableStream(Stream inner, CancellationToken cancellationToken) : Stream
{
    private const int ChunkLength = 1 << 20;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            int length = Math.Min(buffer.Length, ChunkLength);
            inner.Write(buffer[..length]);
            buffer = buffer[length..];
        }
        while (buffer.Length > 0);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
