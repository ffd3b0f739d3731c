using System.Text;

namespace MLTransfer.Persistence;

/// <summary>
/// Finds every model header in a stream of bytes, wherever it begins: a model can lie inside another one's bytes. Eight fixed bytes do not turn up by
/// chance, so what looks like a header is one.
/// </summary>
internal sealed class ModelHeaderScanner
{
    private readonly List<Capture> _open = [];
    private readonly List<string> _assemblies = [];
    private readonly List<string> _loaders = [];
    private byte[] _tail = [];
    private long _position;
    private bool _damaged;

    /// <summary>The assemblies that headers name.</summary>
    public IReadOnlyList<string> Assemblies => _assemblies;

    /// <summary>The loaders that headers name, first choice and alternative.</summary>
    public IReadOnlyList<string> Loaders => _loaders;

    public int HeaderCount { get; private set; }

    /// <summary>True where a header makes no sense, or ends after the bytes do.</summary>
    public bool IsDamaged => _damaged || _open.Count > 0;

    public void Push(ReadOnlySpan<byte> chunk)
    {
        FindHeaders(chunk);
        // Completing a header may open the capture of its name, which may begin in the same chunk.
        for (int i = 0; i < _open.Count; i++)
        {
            if (_open[i].Take(chunk, _position))
                Complete(_open[i]);
        }
        _open.RemoveAll(c => c.IsComplete);
        _tail = [.. _tail, .. chunk];
        _tail = _tail[Math.Max(0, _tail.Length - (ModelHeader.Signature.Length - 1))..];
        _position += chunk.Length;
    }

    private void FindHeaders(ReadOnlySpan<byte> chunk)
    {
        // A signature that begins in the bytes before this chunk.
        byte[] seam = [.. _tail, .. chunk[..Math.Min(chunk.Length, ModelHeader.Signature.Length - 1)]];
        FindHeaders(seam, _position - _tail.Length);
        FindHeaders(chunk, _position);
    }

    private void FindHeaders(ReadOnlySpan<byte> bytes, long position)
    {
        for (int start = 0; bytes[start..].IndexOf(ModelHeader.Signature) is int found && found >= 0; start += found + 1)
        {
            HeaderCount++;
            _open.Add(new Capture(position + start + found, ModelHeader.Signature, ModelHeader.Size, isName: false));
        }
    }

    private void Complete(Capture capture)
    {
        if (capture.IsName)
        {
            _assemblies.Add(Encoding.Unicode.GetString(capture.Bytes));
            return;
        }
        if (ModelHeader.Read(capture.Bytes) is not ModelHeader header)
        {
            _damaged = true;
            return;
        }
        _loaders.AddRange(new[] { header.Loader, header.AlternativeLoader }.Where(l => l.Length > 0));
        if (header.NameLength > 0)
            _open.Add(new Capture(capture.Start + header.NamePosition, [], header.NameLength, isName: true));
    }

    /// <summary>Bytes at a known place that arrive bit by bit.</summary>
    private sealed class Capture
    {
        private int _filled;

        public Capture(long start, ReadOnlySpan<byte> known, int length, bool isName)
        {
            Start = start;
            Bytes = new byte[length];
            known.CopyTo(Bytes);
            _filled = known.Length;
            IsName = isName;
        }

        public long Start { get; }

        public byte[] Bytes { get; }

        public bool IsName { get; }

        public bool IsComplete => _filled == Bytes.Length;

        /// <summary>Takes its bytes out of a chunk that begins at <paramref name="position"/>; true when they are all there.</summary>
        public bool Take(ReadOnlySpan<byte> chunk, long position)
        {
            long from = Start + _filled - position;
            if (!IsComplete && from >= 0 && from < chunk.Length)
            {
                ReadOnlySpan<byte> part = chunk[(int)from..];
                part = part[..Math.Min(part.Length, Bytes.Length - _filled)];
                part.CopyTo(Bytes.AsSpan(_filled));
                _filled += part.Length;
            }
            return IsComplete;
        }
    }
}
