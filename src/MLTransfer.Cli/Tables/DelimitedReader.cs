using System.Text;
using System.Text.Unicode;

namespace MLTransfer.Cli.Tables;

/// <summary>
/// Reads records of separated fields in UTF-8, from a buffer of bytes that grows to the longest record: what is passed over is never made a text. Lines end with \n, \r\n or \r; blank ones are
/// passed over. ML.NET's own loader fills short rows, cuts long ones and replaces bytes that are no text without a word; here each is told with its line. Not thread-safe.
/// </summary>
internal sealed class DelimitedReader : IDisposable
{
    /// <summary>Bytes of the longest record. A quote that is never closed would otherwise take the whole file into memory.</summary>
    public const int MaximumRecordLength = 64 << 20;

    /// <summary>Fields of the widest record.</summary>
    public const int MaximumFieldCount = 1 << 20;

    private const int DefaultBufferSize = 1 << 18;
    private const byte Quote = (byte)'"';

    private readonly Stream _stream;
    private readonly string _path;
    private readonly Dialect _dialect;
    private readonly int _maximumRecordLength;

    private byte[] _buffer;
    private int _start; // of the record
    private int _end; // of what was read
    private bool _isAtEnd;
    private long _bytesMoved; // that were in the buffer before its first byte
    private long _line = 1;
    private int _length; // of the record with the end of its line
    private bool _isHeader = true;
    private Field[] _fields = new Field[16];
    private int _faultyField;

    /// <param name="stream">The bytes; disposed with the reader.</param>
    /// <param name="path">What they are called in messages.</param>
    /// <param name="dialect">How fields are separated.</param>
    /// <param name="bufferSize">Bytes read at once.</param>
    /// <param name="maximumRecordLength">Bytes of the longest record.</param>
    /// <exception cref="InvalidDataException">The bytes begin with the mark of UTF-16.</exception>
    public DelimitedReader(Stream stream, string path, Dialect dialect, int bufferSize = DefaultBufferSize, int maximumRecordLength = MaximumRecordLength)
    {
        _stream = stream;
        _path = path;
        _dialect = dialect;
        _maximumRecordLength = maximumRecordLength;
        _buffer = new byte[Math.Max(bufferSize, ByteOrderMark.MaximumLength)];
        while (_end < ByteOrderMark.MaximumLength && Fill())
        {
        }
        _start = ByteOrderMark.Length(_buffer.AsSpan(0, _end), path);
    }

    /// <summary>The line on which the last record began, counted from 1.</summary>
    public long RecordLine { get; private set; }

    /// <summary>Fields of the last record.</summary>
    public int FieldCount { get; private set; }

    /// <summary>Bytes of the file before the next record and blank lines before it.</summary>
    public long BytesToNextRecord => _bytesMoved + _start + _length;

    /// <summary>Goes to the next record; false at the end.</summary>
    /// <exception cref="InvalidDataException">A quote is not closed, a record is too long, or a byte is 0.</exception>
    public bool Read()
    {
        _start += _length;
        _length = 0;
        if (!PassBlankLines())
            return false;
        RecordLine = _line;
        FieldCount = 0;
        _faultyField = -1;
        int offset = 0;
        do
            offset = ReadField(offset);
        while (FieldFollows(ref offset));
        if (offset > _maximumRecordLength)
            throw TooLong();
        RefuseNul(offset);
        _length = PassLineEnd(offset);
        _isHeader = false;
        return true;
    }

    /// <summary>A field of the last record, whose bytes must be UTF-8.</summary>
    public string Text(int index)
    {
        ReadOnlySpan<byte> bytes = Bytes(index);
        string text = Encoding.UTF8.GetString(bytes);
        return _fields[index].HasDoubledQuotes ? text.Replace("\"\"", "\"", StringComparison.Ordinal) : text;
    }

    /// <summary>All fields of the last record, whose bytes must be UTF-8.</summary>
    public string[] Texts() => [.. Enumerable.Range(0, FieldCount).Select(Text)];

    /// <summary>What is wrong with the last record, as a sentence; null where it is a row under the header.</summary>
    public string? Problem(IReadOnlyList<string> header)
    {
        if (_faultyField >= 0)
        {
            string name = _faultyField < header.Count ? $" ('{header[_faultyField]}')" : "";
            return $"text follows the closing quote of field {_faultyField + 1}{name}. A quote inside quotes is written twice.";
        }
        if (FieldCount != header.Count)
            return $"{FieldCount} fields, but the header has {header.Count} ({ColumnNames.List(header)}).";
        return InvalidField() is int invalid and >= 0 ? $"'{header[invalid]}' is not UTF-8. Save the file as UTF-8." : null;
    }

    /// <summary>The first field of the last record that is not UTF-8; -1 where all are.</summary>
    public int InvalidField()
    {
        if (Utf8.IsValid(_buffer.AsSpan(_start, _length)))
            return -1;
        for (int i = 0; i < FieldCount; i++)
        {
            if (!Utf8.IsValid(Bytes(i)))
                return i;
        }
        return -1;
    }

    public void Dispose() => _stream.Dispose();

    private ReadOnlySpan<byte> Bytes(int index) => _buffer.AsSpan(_start + _fields[index].Offset, _fields[index].Length);

    private ReadOnlySpan<byte> From(int offset) => _buffer.AsSpan(_start + offset, _end - _start - offset);

    private int ReadField(int offset)
    {
        if (!_dialect.HasQuotes || !Has(offset) || _buffer[_start + offset] != Quote)
        {
            int end = FindEnd(offset);
            Add(new Field(offset, end - offset, false));
            return end;
        }
        int close = FindClosingQuote(offset + 1, out bool hasDoubled);
        Add(new Field(offset + 1, close - offset - 1, hasDoubled));
        int next = FindEnd(close + 1);
        if (next != close + 1 && _faultyField < 0)
            _faultyField = FieldCount - 1;
        return next;
    }

    private void Add(Field field)
    {
        if (FieldCount < MaximumFieldCount)
        {
            if (FieldCount == _fields.Length)
                Array.Resize(ref _fields, 2 * _fields.Length);
            _fields[FieldCount] = field;
        }
        else if (_isHeader)
        {
            throw new InvalidDataException($"'{_path}', line {RecordLine}: more than {MaximumFieldCount} fields. Is it a table?");
        }
        FieldCount++;
    }

    /// <summary>The next separator, end of a line, or end of all.</summary>
    private int FindEnd(int offset)
    {
        while (true)
        {
            int found = From(offset).IndexOfAny(_dialect.Separator, (byte)'\n', (byte)'\r');
            if (found >= 0)
                return offset + found;
            offset = _end - _start;
            if (!Fill())
                return offset;
        }
    }

    private int FindClosingQuote(int offset, out bool hasDoubled)
    {
        hasDoubled = false;
        int begin = offset;
        while (true)
        {
            int found = From(offset).IndexOf(Quote);
            if (found < 0)
            {
                offset = _end - _start;
                if (!Fill())
                    throw new InvalidDataException($"'{_path}', line {RecordLine}: a field begins with a quote that is never closed.");
                continue;
            }
            offset += found;
            if (!Has(offset + 1) || _buffer[_start + offset + 1] != Quote)
            {
                _line += LineEnds(_buffer.AsSpan(_start + begin, offset - begin));
                return offset;
            }
            hasDoubled = true;
            offset += 2;
        }
    }

    private bool FieldFollows(ref int offset)
    {
        if (!Has(offset) || _buffer[_start + offset] != _dialect.Separator)
            return false;
        offset++;
        return true;
    }

    private bool PassBlankLines()
    {
        while (Has(0))
        {
            if (_buffer[_start] is not ((byte)'\n' or (byte)'\r'))
                return true;
            // In two steps, because passing may move the record in the buffer.
            int length = PassLineEnd(0);
            _start += length;
        }
        return false;
    }

    private int PassLineEnd(int offset)
    {
        if (!Has(offset))
            return offset;
        _line++;
        bool isPair = _buffer[_start + offset] == '\r' && Has(offset + 1) && _buffer[_start + offset + 1] == '\n';
        return offset + (isPair ? 2 : 1);
    }

    private void RefuseNul(int length)
    {
        int at = _buffer.AsSpan(_start, length).IndexOf((byte)0);
        if (at >= 0)
        {
            throw new InvalidDataException(
                $"'{_path}', line {RecordLine + LineEnds(_buffer.AsSpan(_start, at))}: there is a byte 0, which no text has. Save the file as text in UTF-8.");
        }
    }

    private static long LineEnds(ReadOnlySpan<byte> text)
    {
        long count = text.Count((byte)'\n');
        for (int at = text.IndexOf((byte)'\r'); at >= 0; at = text.IndexOf((byte)'\r'))
        {
            text = text[(at + 1)..];
            if (text.IsEmpty || text[0] != '\n')
                count++;
        }
        return count;
    }

    private bool Has(int offset) => _start + offset < _end || (Fill() && _start + offset < _end);

    /// <summary>Reads on behind what is there, after moving the record to the front of the buffer where there is no room. What is counted from the record's start stays right.</summary>
    private bool Fill()
    {
        if (_isAtEnd)
            return false;
        if (_end == _buffer.Length)
        {
            int length = _end - _start;
            if (length > _maximumRecordLength)
                throw TooLong();
            byte[] target = length > _buffer.Length / 2 ? new byte[2 * _buffer.Length] : _buffer;
            _buffer.AsSpan(_start, length).CopyTo(target);
            _bytesMoved += _start;
            (_buffer, _start, _end) = (target, 0, length);
        }
        int read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _isAtEnd = read == 0;
        _end += read;
        return read > 0;
    }

    private InvalidDataException TooLong() =>
        new($"'{_path}', line {RecordLine}: a row of more than {_maximumRecordLength} bytes. Is a quote not closed, or is it no table?");

    /// <param name="Offset">Where its bytes begin, from the record's start, without quotes around them.</param>
    /// <param name="Length">Its bytes.</param>
    /// <param name="HasDoubledQuotes">Whether quotes in it are written twice.</param>
    private readonly record struct Field(int Offset, int Length, bool HasDoubledQuotes);
}
