using System.Text;

namespace MLTransfer.Cli.Data;

/// <summary>Rows of a file with named columns: .tsv (tabs, no quotes) or .csv (commas, quotes as in RFC 4180), UTF-8, the names in the first line. Every error names the file and its line.</summary>
internal sealed class DelimitedTable : IDisposable
{
    private readonly string _path;
    private readonly StreamReader _file;
    private readonly DelimitedReader _reader;
    private readonly string[] _header;

    /// <param name="path">The file.</param>
    /// <param name="otherwise">What else may be given, for the message about a file of no known kind.</param>
    /// <exception cref="ArgumentException">The file is of no known kind.</exception>
    /// <exception cref="InvalidDataException">It is empty, its quotes are wrong, or it is not UTF-8.</exception>
    public DelimitedTable(string path, string otherwise)
    {
        bool hasQuotes = HasQuotes(path) ?? throw new ArgumentException($"'{path}' ends neither in .tsv nor in .csv. Give such a file, with the names of its columns in the first line, or {otherwise}.");
        _path = path;
        _file = StrictText.Open(path);
        try
        {
            _reader = new DelimitedReader(_file, hasQuotes ? ',' : '\t', hasQuotes);
            _header = Record() ?? throw new InvalidDataException($"'{path}' is empty. Its first line must name the columns.");
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Header => _header;

    /// <summary>The line on which the last row began, counted from 1.</summary>
    public int Line => _reader.RecordLine;

    /// <summary>Whether a path is that of such a file.</summary>
    public static bool Is(string path) => HasQuotes(path) is not null;

    /// <summary>The next row, as many fields as there are names; null at the end.</summary>
    /// <exception cref="InvalidDataException">A line has another number of fields than the header, its quotes are wrong, or it is not UTF-8.</exception>
    public string[]? Read()
    {
        string[]? fields = Record();
        return fields is null || fields.Length == _header.Length
            ? fields
            : throw new InvalidDataException($"'{_path}', line {Line}: {fields.Length} fields, but the header has {_header.Length} ({Names()}).");
    }

    /// <summary>The index of the column of that name; where several differ in upper and lower case only, of the one that is written so.</summary>
    /// <param name="name">The name; upper and lower case are the same.</param>
    /// <param name="option">The option that gives it, for messages.</param>
    /// <exception cref="ArgumentException">There is none, or there are several.</exception>
    public int Find(string name, string option)
    {
        int[] found = [.. Enumerable.Range(0, _header.Length).Where(i => string.Equals(_header[i].Trim(), name, StringComparison.OrdinalIgnoreCase))];
        int[] exact = [.. found.Where(i => _header[i].Trim() == name)];
        return (found, exact) switch
        {
            ([int only], _) => only,
            (_, [int only]) => only,
            ([], _) => throw new ArgumentException($"'{_path}' has no column '{name}'; its header names {Names()}. Choose one with {option}."),
            _ => throw new ArgumentException($"'{_path}' has several columns '{name}'; its header names {Names()}. Rename all but one."),
        };
    }

    public void Dispose() => _file.Dispose();

    private string[]? Record()
    {
        try
        {
            return _reader.Read();
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException($"'{_path}': {StrictText.NotText(_path)}");
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"'{_path}', {e.Message}");
        }
    }

    private string Names() => string.Join(", ", _header.Select(h => $"'{h}'"));

    private static bool? HasQuotes(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".tsv" => false,
        ".csv" => true,
        _ => null,
    };
}
