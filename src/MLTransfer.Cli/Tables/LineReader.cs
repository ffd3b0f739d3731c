namespace MLTransfer.Cli.Tables;

/// <summary>Reads lines that end with \n as bytes, from a buffer that grows to the longest. Lines of blanks only are passed over. Not thread-safe.</summary>
internal sealed class LineReader : IDisposable
{
    /// <summary>Bytes of the longest line that is read. Of a longer one no more than this is in memory.</summary>
    public const int MaximumLineLength = 64 << 20;

    private const int DefaultBufferSize = 1 << 18;

    private readonly Stream _stream;
    private readonly int _maximumLineLength;
    private byte[] _buffer;
    private int _start; // of the line
    private int _length; // of the line, without its end
    private int _end; // of what was read
    private bool _isAtEnd;

    /// <param name="stream">The bytes; disposed with the reader.</param>
    /// <param name="path">What they are called in messages.</param>
    /// <param name="bufferSize">Bytes read at once.</param>
    /// <param name="maximumLineLength">Bytes of the longest line that is read.</param>
    /// <exception cref="InvalidDataException">The bytes begin with the mark of UTF-16.</exception>
    public LineReader(Stream stream, string path, int bufferSize = DefaultBufferSize, int maximumLineLength = MaximumLineLength)
    {
        _stream = stream;
        _maximumLineLength = maximumLineLength;
        _buffer = new byte[Math.Max(bufferSize, ByteOrderMark.MaximumLength)];
        while (_end < ByteOrderMark.MaximumLength && Fill())
        {
        }
        _start = ByteOrderMark.Length(_buffer.AsSpan(0, _end), path);
    }

    /// <summary>The number of the last line, from 1, blank ones counted.</summary>
    public long Number { get; private set; }

    /// <summary>Whether the last line is longer than can be read.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>The last line without its end; its beginning where it is too long. Good until the next is read.</summary>
    public ReadOnlyMemory<byte> Line => _buffer.AsMemory(_start, _length);

    /// <summary>Goes to the next line that is not blank; false at the end.</summary>
    public bool Read()
    {
        do
        {
            if (!ReadAny())
                return false;
        }
        while (!IsTooLong && IsBlank());
        return true;
    }

    public void Dispose() => _stream.Dispose();

    private bool ReadAny()
    {
        // A line that was too long ends somewhere further on.
        while (IsTooLong && !PassEnd())
        {
        }
        IsTooLong = false;
        _start = Math.Min(_start + _length + (Number > 0 ? 1 : 0), _end);
        _length = 0;
        int searched = 0;
        while (true)
        {
            int found = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            searched = found >= 0 ? searched + found : _end - _start;
            if (found >= 0 || searched > _maximumLineLength || !Fill())
                break;
        }
        if (searched == 0 && _isAtEnd && _start == _end)
            return false;
        Number++;
        IsTooLong = searched > _maximumLineLength;
        _length = IsTooLong ? _maximumLineLength : searched;
        return true;
    }

    /// <summary>Looks for the end of a line that is too long in what is in the buffer; if it is not there, replaces that by what follows. True at the end of the line or of all.</summary>
    private bool PassEnd()
    {
        int from = _start + _length;
        int found = _buffer.AsSpan(from, _end - from).IndexOf((byte)'\n');
        if (found >= 0)
        {
            _start = from + found;
            _length = 0;
            return true;
        }
        (_start, _length, _end) = (0, 0, 0);
        return !Fill();
    }

    private bool IsBlank() => _buffer.AsSpan(_start, _length).IndexOfAnyExcept(" \t\r"u8) < 0;

    private bool Fill()
    {
        if (_isAtEnd)
            return false;
        if (_end == _buffer.Length)
        {
            int length = _end - _start;
            byte[] target = length > _buffer.Length / 2 ? new byte[2 * _buffer.Length] : _buffer;
            _buffer.AsSpan(_start, length).CopyTo(target);
            (_buffer, _start, _end) = (target, 0, length);
        }
        int read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _isAtEnd = read == 0;
        _end += read;
        return read > 0;
    }
}
