using System.Globalization;
using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Scoring;

/// <summary>
/// What is done of a part that is not whole yet: segments, each of some blocks of rows that follow each other, whole and on the disk or not there. Held by one process at a time; the lock
/// goes with the process, however it ends. Whoever opened it disposes it.
/// </summary>
internal sealed class PartState : IDisposable
{
    private const string JobFile = "job.json";
    private const string LockFile = "lock";
    private const string FailuresFile = "failures.jsonl";
    private const string SegmentPattern = "rows-*.json";

    private readonly PartPaths _paths;
    private readonly FileStream _lock;
    private readonly List<PartSegment> _segments = [];

    private PartState(PartPaths paths, FileStream locked)
    {
        _paths = paths;
        _lock = locked;
    }

    /// <summary>The segments, in order.</summary>
    public IReadOnlyList<PartSegment> Segments => _segments;

    /// <summary>Where the failures of a job that was given up are written.</summary>
    public string Failures => Path.Combine(_paths.State, FailuresFile);

    /// <summary>Makes the folder if it is not there and takes the lock.</summary>
    /// <exception cref="IOException">Another process holds it, or the folder cannot be made.</exception>
    public static PartState Lock(PartPaths paths)
    {
        Directory.CreateDirectory(paths.State);
        try
        {
            return new PartState(paths, new FileStream(Path.Combine(paths.State, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException) && File.Exists(Path.Combine(paths.State, LockFile)))
        {
            throw new IOException($"Another process is writing '{paths.Output}' now. Wait for it, or give each process its own shard. ({e.Message})", e);
        }
    }

    /// <summary>Drops all that was done.</summary>
    public void Clear()
    {
        foreach (string file in Directory.EnumerateFiles(_paths.State).Where(f => Path.GetFileName(f) != LockFile))
            File.Delete(file);
        _segments.Clear();
    }

    /// <summary>Reads what is done, or begins.</summary>
    /// <param name="job">What is to be done.</param>
    /// <param name="range">Its rows.</param>
    /// <exception cref="InvalidDataException">What is done belongs to another job.</exception>
    public void Load(JobDescription job, RowRange range)
    {
        string jobPath = Path.Combine(_paths.State, JobFile);
        // Where no segment is whole, nothing is lost to another job.
        if (!File.Exists(jobPath) || !Directory.EnumerateFiles(_paths.State, SegmentPattern).Any())
        {
            Clear();
            JsonFile.Write(jobPath, job);
            return;
        }
        if (job.DifferencesFrom(JsonFile.Read<JobDescription>(jobPath, "a job's description")) is { Count: > 0 } differences)
        {
            throw new InvalidDataException(
                $"'{_paths.State}' holds an unfinished part of another job, which differs in the {string.Join(", the ", differences)}. Give another output, or --restart to drop what is there.");
        }
        Tidy();
        File.Delete(Failures);
        long next = range.First;
        foreach (string path in Directory.EnumerateFiles(_paths.State, SegmentPattern).Order(StringComparer.Ordinal))
        {
            PartSegment segment = JsonFile.Read<PartSegment>(path, "a segment's description");
            bool fits = segment.FirstRow == next && segment.RowCount > 0 && segment.FirstRow + segment.RowCount <= range.End
                && Length(RowsPath(segment.FirstRow)) == segment.ByteCount && (segment.ErrorCount == 0 || File.Exists(ErrorsPath(segment.FirstRow)));
            // A hole: what lies behind it is done again.
            if (!fits)
                break;
            _segments.Add(segment);
            next += segment.RowCount;
        }
    }

    /// <summary>Removes what was begun and will not be finished.</summary>
    public void Tidy()
    {
        foreach (string leftover in Directory.EnumerateFiles(_paths.State, $".*{DurableFile.TemporaryExtension}"))
            File.Delete(leftover);
    }

    /// <summary>Begins the segment at a row.</summary>
    public SegmentWriter Begin(long firstRow, IReadOnlyList<TableColumn> columns) =>
        new(this, firstRow, RowsPath(firstRow), ErrorsPath(firstRow), DescriptionPath(firstRow), _paths.Extension, columns);

    /// <summary>Called by a writer whose segment is whole.</summary>
    internal void Add(PartSegment segment) => _segments.Add(segment);

    /// <summary>Joins the segments under temporary names in the folder: rows, and failures where there are any.</summary>
    public (string Rows, string? Errors) Join(IReadOnlyList<TableColumn> columns, CancellationToken cancel)
    {
        // In this folder, which the next run tidies up should this one be killed now.
        string rows = DurableFile.TemporaryPath(Path.Combine(_paths.State, "joined"));
        if (_segments.Count == 1)
        {
            // Written by one writer, it is what joining would make of it. Should this run end now, the next does the segment again.
            File.Move(RowsPath(_segments[0].FirstRow), rows);
        }
        else if (_segments.Count > 0)
        {
            TableCopy.Append([.. _segments.Select(s => RowsPath(s.FirstRow))], _paths.Extension, rows, cancel);
        }
        else
        {
            using ITableWriter empty = TableOutput.Create(rows, _paths.Extension, columns);
            empty.Complete();
        }
        string[] errors = [.. _segments.Where(s => s.ErrorCount > 0).Select(s => ErrorsPath(s.FirstRow))];
        return (rows, errors.Length == 0 ? null : ErrorLines.Join(errors, DurableFile.TemporaryPath(Path.Combine(_paths.State, "errors"))));
    }

    /// <summary>Removes the folder: the part is whole.</summary>
    public void Remove()
    {
        Clear();
        Dispose();
        try
        {
            Directory.Delete(_paths.State, recursive: true);
        }
        catch (IOException)
        {
            // Another process has just made its lock here, and will find the part whole.
        }
    }

    public void Dispose() => _lock.Dispose();

    private static long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : -1;

    private string RowsPath(long firstRow) => Path.Combine(_paths.State, Name(firstRow) + _paths.Extension);

    private string ErrorsPath(long firstRow) => Path.Combine(_paths.State, Name(firstRow) + ".errors");

    private string DescriptionPath(long firstRow) => Path.Combine(_paths.State, Name(firstRow) + ".json");

    // As many figures as 64 bits have: the ordinal order of names is that of rows.
    private static string Name(long firstRow) => string.Create(CultureInfo.InvariantCulture, $"rows-{firstRow:0000000000000000000}");
}
