using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Data;

/// <summary>Rows of a file with named columns: .tsv (tabs, no quotes) or .csv (commas, quotes as in RFC 4180), UTF-8, the names in the first line. Every error names the file and its line.</summary>
internal sealed class DelimitedTable : IDisposable
{
    private readonly string _path;
    private readonly DelimitedReader _reader;
    private readonly string[] _header;

    /// <param name="path">The file.</param>
    /// <param name="otherwise">What else may be given, for the message about a file of no known kind.</param>
    /// <exception cref="ArgumentException">The file is of no known kind.</exception>
    /// <exception cref="InvalidDataException">It is empty, its quotes are wrong, or it is not UTF-8.</exception>
    public DelimitedTable(string path, string otherwise)
    {
        Dialect dialect = Dialect.Of(Path.GetExtension(path))
            ?? throw new ArgumentException($"'{path}' ends neither in .tsv nor in .csv. Give such a file, with the names of its columns in the first line, or {otherwise}.");
        _path = path;
        _reader = new DelimitedReader(FileOpening.Read(path), path, dialect);
        try
        {
            _header = DelimitedHeader.Read(_reader, path);
        }
        catch
        {
            _reader.Dispose();
            throw;
        }
    }

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Header => _header;

    /// <summary>The line on which the last row began, counted from 1.</summary>
    public long Line => _reader.RecordLine;

    /// <summary>Whether a path is that of such a file.</summary>
    public static bool Is(string path) => Dialect.Of(Path.GetExtension(path)) is not null;

    /// <summary>The next row, as many fields as there are names; null at the end.</summary>
    /// <exception cref="InvalidDataException">A line has another number of fields than the header, its quotes are wrong, or it is not UTF-8.</exception>
    public string[]? Read()
    {
        if (!_reader.Read())
            return null;
        return _reader.Problem(_header) is string problem ? throw new InvalidDataException($"'{_path}', line {Line}: {problem}") : _reader.Texts();
    }

    /// <summary>The index of the column of that name; where several differ in upper and lower case only, of the one that is written so.</summary>
    /// <param name="name">The name; upper and lower case are the same.</param>
    /// <param name="option">The option that gives it, for messages.</param>
    /// <exception cref="ArgumentException">There is none, or there are several.</exception>
    public int Find(string name, string option) => ColumnNames.Find(_header, _path, name, option);

    public void Dispose() => _reader.Dispose();
}
