using System.Security.Cryptography;

namespace MLTransfer.Cli.Tables;

/// <summary>Passes bytes on to who reads them, and counts and hashes them in the same pass.</summary>
/// <param name="inner">Where the bytes come from; disposed with this.</param>
/// <param name="onRead">Told how many bytes were read each time; may throw to end the reading.</param>
internal sealed class HashingStream(Stream inner, Action<int> onRead) : Stream
{
    private const int DrainBufferSize = 1 << 18;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Bytes that were read.</summary>
    public long ByteCount { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position { get => ByteCount; set => throw new NotSupportedException(); }

    /// <summary>Reads what is left; the hash of all bytes in lower-case hexadecimal.</summary>
    public string Finish()
    {
        byte[] buffer = new byte[DrainBufferSize];
        while (Read(buffer) > 0)
        {
        }
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public override int Read(Span<byte> buffer)
    {
        int read = inner.Read(buffer);
        _hash.AppendData(buffer[..read]);
        ByteCount += read;
        onRead(read);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            inner.Dispose();
        }
        base.Dispose(disposing);
    }
}
