using System.Security.Cryptography;
using System.Text;

namespace MLTransfer.Cli.Tables;

/// <summary>Pictures or sounds: those of a folder, or one by name. A row is the path of one.</summary>
/// <param name="path">The folder, or the file.</param>
/// <param name="places">Where the files lie below the folder; null for the file itself.</param>
internal sealed class MediaPart(string path, string[]? places) : InputPart(path)
{
    public static TableSchema Schema { get; } = new([new TableColumn("path", ColumnKind.Text)], ["text (paths)"]);

    private int Count => places?.Length ?? 1;

    /// <summary>Rows and a hash of names and lengths: the contents are read once, by who decodes them.</summary>
    public override InputFile Scan(Action<int> onRead)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long byteCount = 0;
        for (int i = 0; i < Count; i++)
        {
            onRead(0);
            long length = new FileInfo(Row(i)).Length;
            byteCount += length;
            hash.AppendData(Encoding.UTF8.GetBytes($"{places?[i] ?? Name}\0{length}\n"));
        }
        return new InputFile(Name, Count, byteCount, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    public override void RefuseChanged(InputFile scanned)
    {
        if (Count != scanned.RowCount)
            throw new InvalidDataException($"'{Path}' holds {Count} files now and held {scanned.RowCount} when they were counted: it was changed. Start anew, in another folder.");
    }

    public override FileRows Open(TableSchema schema, IReadOnlyList<int> columns) => new Rows(this, columns.Count);

    private string Row(int index)
    {
        if (places is null)
            return Path.Replace(System.IO.Path.DirectorySeparatorChar, '/');
        string folder = Path.Replace(System.IO.Path.DirectorySeparatorChar, '/');
        return folder.EndsWith('/') ? folder + places[index] : $"{folder}/{places[index]}";
    }

    private sealed class Rows(MediaPart part, int columnCount) : FileRows
    {
        private int _next;

        public override long Skip(long rowCount)
        {
            int count = (int)Math.Min(rowCount, part.Count - _next);
            _next += count;
            return count;
        }

        public override int Read(BatchBuilder batch)
        {
            int count = Math.Min(batch.Room, part.Count - _next);
            for (int i = 0; i < count; i++)
            {
                for (int c = 0; c < columnCount; c++)
                    batch.Values<string?>(c)[batch.RowCount] = part.Row(_next);
                batch.Add(1);
                _next++;
            }
            return count;
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
