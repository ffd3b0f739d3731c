using System.Buffers;

namespace MLTransfer.Media;

/// <summary>What one row of a window holds: the bytes of a file, or values in a form of the modality's own. The memory is rented until the window has been run.</summary>
internal sealed class MediaSlot
{
    private byte[]? _rented;
    private int _length;

    /// <summary>The row's position.</summary>
    public long Row { get; set; }

    /// <summary>The path as the row states it, or null where the row holds the bytes themselves.</summary>
    public string? Path { get; set; }

    /// <summary>True where the content has a form of the modality's own, false where it is a file's bytes.</summary>
    public bool IsRaw { get; set; }

    /// <summary>Bytes that the row has or will have in memory, as far as known.</summary>
    public long Size { get; set; }

    /// <summary>The content, once it was loaded.</summary>
    public ReadOnlySpan<byte> Content => _rented.AsSpan(0, _length);

    /// <summary>Memory for the content.</summary>
    public Span<byte> Reserve(int length)
    {
        Release();
        _rented = ArrayPool<byte>.Shared.Rent(length);
        _length = length;
        return _rented.AsSpan(0, length);
    }

    /// <summary>Gives the memory back. Twice is harmless.</summary>
    public void Release()
    {
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
        _rented = null;
        _length = 0;
    }
}
