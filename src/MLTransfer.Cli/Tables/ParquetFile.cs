using Apache.Arrow;
using Apache.Arrow.Ipc;
using ParquetSharp;
using ParquetSharp.Arrow;

namespace MLTransfer.Cli.Tables;

/// <summary>An open Parquet file, from which a few pages at a time are in memory. Not thread-safe; whoever opened it disposes it.</summary>
internal sealed class ParquetFile : IDisposable
{
    // Of each column that is read, so that the system is not asked for every page.
    private const int StreamBufferSize = 1 << 18;

    // Rows go over from the library in batches of about so much.
    private const int BatchByteCount = 1 << 20;
    private const int MaximumBatchRowCount = 4096;

    private readonly string _path;
    private readonly ReaderProperties _properties;
    private readonly ArrowReaderProperties _arrow;
    private readonly FileReader _reader;
    private readonly Dictionary<string, int[]> _leaves;

    private ParquetFile(string path)
    {
        _path = path;
        _properties = ReaderProperties.GetDefaultReaderProperties();
        // A row group may be as large as the file: without these it is read whole before its first row.
        _properties.EnableBufferedStream();
        _properties.BufferSize = StreamBufferSize;
        _properties.EnablePageChecksumVerification();
        _arrow = ArrowReaderProperties.GetDefault();
        _arrow.PreBuffer = false;
        _arrow.UseThreads = false;
        try
        {
            // Has no effect once the reader is there.
            _arrow.BatchSize = BatchRowCount(path);
            _reader = new FileReader(path, _properties, _arrow);
        }
        catch
        {
            _arrow.Dispose();
            _properties.Dispose();
            throw;
        }
        Fields = _reader.Schema.FieldsList;
        RowCounts = [.. Enumerable.Range(0, _reader.NumRowGroups).Select(RowCountOf)];
        _leaves = [];
        foreach (SchemaField field in _reader.SchemaManifest.SchemaFields)
            _leaves.TryAdd(field.Field.Name, [.. LeavesOf(field)]);
    }

    /// <summary>The columns.</summary>
    public IReadOnlyList<Field> Fields { get; }

    /// <summary>Rows of each row group.</summary>
    public IReadOnlyList<long> RowCounts { get; }

    /// <exception cref="InvalidDataException">It is no Parquet file, or a part of one.</exception>
    public static ParquetFile Open(string path)
    {
        // Tells a file that is not there or may not be read from one that is damaged.
        FileOpening.Read(path).Dispose();
        return Guard(path, () => new ParquetFile(path));
    }

    /// <summary>Reads columns of a row group, some rows at a time.</summary>
    public IArrowArrayStream Read(int rowGroup, IEnumerable<string> columns)
    {
        int[] leaves = [.. columns.Distinct(StringComparer.Ordinal).SelectMany(Leaves)];
        return Guard(_path, () => _reader.GetRecordBatchReader([rowGroup], leaves));
    }

    /// <summary>The next rows; null at the end.</summary>
    public RecordBatch? Next(IArrowArrayStream stream) => Guard(_path, () => stream.ReadNextRecordBatchAsync().AsTask().GetAwaiter().GetResult());

    /// <summary>The length of a column's first list; 0 where there is none.</summary>
    public int FirstListLength(string column)
    {
        for (int group = 0; group < RowCounts.Count; group++)
        {
            using IArrowArrayStream stream = Read(group, [column]);
            while (Next(stream) is RecordBatch batch)
            {
                using (batch)
                {
                    IArrowArray lists = batch.Column(0);
                    for (int row = 0; row < lists.Length; row++)
                    {
                        if (!lists.IsNull(row))
                            return ArrowLists.Length(lists, row);
                    }
                }
            }
        }
        return 0;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _arrow.Dispose();
        _properties.Dispose();
    }

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        // Errors of the library while it reads come through Arrow's interface, which has no type of its own for them.
        catch (Exception e) when (e is ParquetException || e.GetType() == typeof(Exception))
        {
            throw new InvalidDataException($"'{path}' is no whole Parquet file: {Words(e.Message)}", e);
        }
    }

    /// <summary>A message of the library without the name of its C++ type: "N7parquet…E (message: 'words')".</summary>
    private static string Words(string message)
    {
        const string start = "(message: '", end = "')";
        string text = message.Trim();
        int at = text.IndexOf(start, StringComparison.Ordinal);
        return at >= 0 && text.EndsWith(end, StringComparison.Ordinal) ? text[(at + start.Length)..^end.Length] : text;
    }

    private long RowCountOf(int rowGroup)
    {
        using RowGroupReader group = _reader.ParquetReader.RowGroup(rowGroup);
        return group.MetaData.NumRows;
    }

    /// <summary>Rows of a batch, such that it stays small in the row group with the largest rows.</summary>
    private static long BatchRowCount(string path)
    {
        using var file = new ParquetFileReader(path);
        using FileMetaData metadata = file.FileMetaData;
        long count = MaximumBatchRowCount;
        for (int i = 0; i < metadata.NumRowGroups; i++)
        {
            using RowGroupReader group = file.RowGroup(i);
            count = Math.Min(count, BatchByteCount * group.MetaData.NumRows / Math.Max(1, group.MetaData.TotalByteSize));
        }
        return Math.Max(1, count);
    }

    private int[] Leaves(string column) => _leaves.TryGetValue(column, out int[]? leaves) ? leaves
        : throw new InvalidDataException($"'{_path}' has no column '{column}' any more: it was changed. Start anew, in another folder.");

    private static IEnumerable<int> LeavesOf(SchemaField field) => field.Children.Count == 0 ? [field.ColumnIndex] : field.Children.SelectMany(LeavesOf);
}
