using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text;

namespace MLTransfer.Cli.Tables;

/// <summary>All the input of a run: table files in the order given (all of the same columns), folders of tables (their files in ordinal order), or folders of pictures or sounds.</summary>
internal sealed class TableInput
{
    private readonly InputPart[] _parts;
    private readonly TableSchema _schema;

    private TableInput(InputPart[] parts, TableSchema schema, BackboneModality? media)
    {
        _parts = parts;
        _schema = schema;
        Media = media;
    }

    /// <summary>What pictures or sounds, whose paths are the rows, are for; null for tables.</summary>
    public BackboneModality? Media { get; }

    /// <summary>The columns as they were found; for pictures and sounds one of texts, "path".</summary>
    public IReadOnlyList<TableColumn> Columns => _schema.Columns;

    /// <summary>For each column how it looks to a person, such as "text (whole numbers)".</summary>
    public IReadOnlyList<string> Looks => _schema.Looks;

    /// <summary>Finds the files and their columns.</summary>
    /// <param name="paths">Files and folders, all of one kind.</param>
    /// <exception cref="FileNotFoundException">There is neither a folder nor a file.</exception>
    /// <exception cref="ArgumentException">Nothing was given, kinds are mixed or not known, or a folder has no file that can be used.</exception>
    /// <exception cref="InvalidDataException">A file's columns cannot be told, or differ from another's.</exception>
    public static TableInput Find(IReadOnlyList<string> paths)
    {
        if (paths.Count == 0)
            throw new ArgumentException($"No input was given. Give files or folders. Supported: {InputKind.Supported}.");
        var parts = new List<InputPart>();
        InputKind? kind = null;
        foreach (string path in paths)
        {
            (InputKind its, IEnumerable<InputPart> found) = Parts(path);
            kind ??= its;
            if (its != kind)
                throw new ArgumentException($"'{paths[0]}' is {kind.Name}, but '{path}' is {its.Name}. All input of a run is of one kind: start a run for each.");
            parts.AddRange(found);
        }
        TableSchema schema = kind!.Format is TableFormat format ? format.Join([.. parts.Select(p => p.Path)]) : MediaPart.Schema;
        return new TableInput([.. parts], schema, kind.Media);
    }

    /// <summary>Counts the rows of every file and hashes it, in one pass over its bytes; several files at a time.</summary>
    /// <param name="bytesRead">Told the bytes that were read so far, of all files together.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="InvalidDataException">A file is damaged, so that the bounds of its rows are not known.</exception>
    public InputScan Scan(IProgress<long>? bytesRead, CancellationToken cancel)
    {
        var files = new InputFile[_parts.Length];
        var errors = new ExceptionDispatchInfo?[_parts.Length];
        long total = 0;
        Parallel.For(0, _parts.Length, (i, loop) =>
        {
            try
            {
                files[i] = _parts[i].Scan(count =>
                {
                    cancel.ThrowIfCancellationRequested();
                    bytesRead?.Report(Interlocked.Add(ref total, count));
                });
            }
            catch (Exception e)
            {
                // The files before this one are still read, so that the same error is told in every run.
                errors[i] = ExceptionDispatchInfo.Capture(e);
                loop.Break();
            }
        });
        errors.FirstOrDefault(e => e is not null)?.Throw();
        byte[] all = Encoding.UTF8.GetBytes(string.Concat(files.Select(f => $"{f.Name}\0{f.Sha256}\n")));
        return new InputScan(files, Convert.ToHexStringLower(SHA256.HashData(all)));
    }

    /// <summary>Reads columns from a row on.</summary>
    /// <param name="columns">Names exactly as in <see cref="Columns"/>, in the order wanted.</param>
    /// <param name="firstRow">The first row, counted from 0 over all files, those with a problem among them. Files wholly before it are not opened.</param>
    /// <param name="scan">What <see cref="Scan"/> found.</param>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    /// <exception cref="InvalidDataException">The input is not the one that was scanned: when it is opened, or on reading.</exception>
    public ITableReader Open(IReadOnlyList<string> columns, long firstRow, InputScan scan)
    {
        if (columns.Count == 0)
            throw new ArgumentException("No column was asked for.", nameof(columns));
        string[] names = [.. _parts.Select(p => p.Name)];
        if (!names.SequenceEqual(scan.Files.Select(f => f.Name), StringComparer.Ordinal))
            throw new InvalidDataException($"The files of the input are {ColumnNames.List(names)} now and were {ColumnNames.List([.. scan.Files.Select(f => f.Name)])} when their rows were counted.");
        var reader = new TableInputReader(_parts, _schema, [.. columns.Select(Index)], scan);
        try
        {
            reader.Skip(firstRow);
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>The index in <see cref="Columns"/> of the column of that name; where several differ in upper and lower case only, of the one that is written so.</summary>
    /// <param name="name">The name; upper and lower case are the same.</param>
    /// <param name="option">The option that gives it, for messages.</param>
    /// <exception cref="ArgumentException">There is none, or there are several.</exception>
    public int Find(string name, string option)
    {
        string? unread = _schema.Unread?.Keys.FirstOrDefault(n => string.Equals(n.Trim(), name.Trim(), StringComparison.OrdinalIgnoreCase));
        bool isRead = _schema.Names.Any(n => string.Equals(n.Trim(), name.Trim(), StringComparison.OrdinalIgnoreCase));
        return unread is null || isRead ? ColumnNames.Find(_schema.Names, _parts[0].Path, name, option)
            : throw new ArgumentException($"The column '{unread}' of '{_parts[0].Path}' is {_schema.Unread![unread]}, which cannot be read. Choose another with {option}, or store it as text or numbers.");
    }

    private int Index(string column)
    {
        for (int i = 0; i < _schema.Names.Count; i++)
        {
            if (_schema.Names[i] == column)
                return i;
        }
        throw new ArgumentException($"'{_parts[0].Path}' has no column '{column}'; its columns are {ColumnNames.List(_schema.Names)}.");
    }

    private static (InputKind Kind, IEnumerable<InputPart> Parts) Parts(string path)
    {
        if (Directory.Exists(path))
        {
            (InputKind kind, string[] places) = InputFolder.Find(path);
            return (kind, kind.Format is TableFormat format ? places.Select(p => new TablePart(Path.Combine(path, p), format)) : [new MediaPart(path, places)]);
        }
        if (!File.Exists(path))
            throw new FileNotFoundException($"The input '{path}' is not there: neither a folder nor a file has this name.");
        InputKind its = InputKind.Of(path) ?? throw new ArgumentException($"'{path}' ends in none of the names that can be read. Supported: {InputKind.Supported}.");
        return (its, [its.Format is TableFormat table ? new TablePart(path, table) : new MediaPart(path, null)]);
    }
}
