using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Internal;

namespace MLTransfer.Media;

/// <summary>Where a step's content comes from, by the type of its column.</summary>
internal abstract class MediaSource
{
    /// <summary>Notes what the current row holds. Called in order, on the reading thread: quick work only.</summary>
    public abstract void Read(MediaSlot slot);

    /// <summary>Brings the content into memory. Called for different slots at the same time. May fail for the row.</summary>
    public virtual void Load(MediaSlot slot)
    {
    }

    /// <summary>Paths or bytes; null where the column holds neither.</summary>
    public static MediaSource? Of(DataViewRow row, DataViewSchema.Column column, MediaEmbeddingOptions options) => column.Type switch
    {
        TextDataViewType => new PathSource(row.GetGetter<ReadOnlyMemory<char>>(column), options),
        VectorDataViewType { ItemType: NumberDataViewType item } when item == NumberDataViewType.Byte => new ByteSource(row.GetGetter<VBuffer<byte>>(column), options),
        _ => null,
    };

    private sealed class PathSource(ValueGetter<ReadOnlyMemory<char>> getter, MediaEmbeddingOptions options) : MediaSource
    {
        private ReadOnlyMemory<char> _path;

        public override void Read(MediaSlot slot)
        {
            getter(ref _path);
            slot.Path = _path.ToString();
            // For the size of the window only; what is wrong with a path is said when it is loaded.
            FileInfo? file = string.IsNullOrWhiteSpace(slot.Path) || slot.Path.Contains('\0', StringComparison.Ordinal) ? null : new FileInfo(FullPath(slot.Path));
            slot.Size = file is { Exists: true } ? file.Length : 0;
        }

        public override void Load(MediaSlot slot)
        {
            if (string.IsNullOrWhiteSpace(slot.Path))
                throw Throw.PathEmpty();
            if (slot.Path.Contains('\0', StringComparison.Ordinal))
                throw Throw.PathNull();
            string path = FullPath(slot.Path);
            if (Directory.Exists(path))
                throw Throw.PathIsFolder();
            if (!File.Exists(path))
                throw Throw.FileMissing(path);
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            long length = file.Length;
            if (length == 0)
                throw Throw.FileEmpty();
            if (length > options.MaximumBytes)
                throw Throw.FileTooLarge(length, options.MaximumBytes);
            file.ReadExactly(slot.Reserve((int)length));
        }

        private string FullPath(string path) => options.Folder is null ? path : Path.Combine(options.Folder, path);
    }

    private sealed class ByteSource(ValueGetter<VBuffer<byte>> getter, MediaEmbeddingOptions options) : MediaSource
    {
        private VBuffer<byte> _bytes;

        public override void Read(MediaSlot slot)
        {
            getter(ref _bytes);
            slot.Path = null;
            slot.Size = _bytes.Length;
            // What is too large is not copied; loading refuses it.
            if (_bytes.Length <= options.MaximumBytes)
                _bytes.CopyTo(slot.Reserve(_bytes.Length));
        }

        public override void Load(MediaSlot slot)
        {
            if (slot.Size == 0)
                throw Throw.BytesEmpty();
            if (slot.Size > options.MaximumBytes)
                throw Throw.FileTooLarge(slot.Size, options.MaximumBytes);
        }
    }
}
