using System.Text;

namespace MLTransfer.Cli.Data;

/// <summary>
/// Reads records of separated fields. With quotes as RFC 4180 has them: a field in quotes may hold separators and line ends, and a quote as two. Blank lines are passed over. ML.NET's
/// own loader fills short rows, cuts long ones and replaces bytes that are no text without a word; here each is told with its line.
/// </summary>
internal sealed class DelimitedReader(TextReader reader, char separator, bool hasQuotes)
{
    private const char Quote = '"';

    private readonly StringBuilder _field = new();
    private int _line = 1;

    /// <summary>The line on which the last record began, counted from 1.</summary>
    public int RecordLine { get; private set; }

    /// <summary>The next record's fields; null at the end.</summary>
    /// <exception cref="FormatException">A quote is not closed, or text follows the closing one.</exception>
    public string[]? Read()
    {
        while (reader.Peek() is '\r' or '\n')
            EndLine();
        if (reader.Peek() < 0)
            return null;
        RecordLine = _line;
        var fields = new List<string>();
        do
            fields.Add(hasQuotes && reader.Peek() == Quote ? ReadQuoted() : ReadPlain());
        while (NextField());
        return [.. fields];
    }

    private string ReadPlain()
    {
        _field.Clear();
        while (reader.Peek() is int c && c >= 0 && c != separator && c is not ('\r' or '\n'))
            _field.Append((char)reader.Read());
        return _field.ToString();
    }

    private string ReadQuoted()
    {
        _field.Clear();
        reader.Read();
        while (true)
        {
            int c = reader.Read();
            if (c < 0)
                throw new FormatException($"line {RecordLine}: a field begins with a quote that is never closed.");
            if (c == Quote && reader.Peek() != Quote)
                break;
            if (c == Quote)
                reader.Read();
            else if (c == '\n' || (c == '\r' && reader.Peek() != '\n'))
                _line++;
            _field.Append((char)c);
        }
        return reader.Peek() is int next && (next < 0 || next == separator || next is '\r' or '\n')
            ? _field.ToString()
            : throw new FormatException($"line {_line}: text follows the closing quote of a field. A quote inside quotes is written twice.");
    }

    /// <summary>Passes the separator, or the end of the line.</summary>
    private bool NextField()
    {
        if (reader.Peek() == separator)
        {
            reader.Read();
            return true;
        }
        EndLine();
        return false;
    }

    private void EndLine()
    {
        int c = reader.Read();
        if (c < 0)
            return;
        if (c == '\r' && reader.Peek() == '\n')
            reader.Read();
        _line++;
    }
}
