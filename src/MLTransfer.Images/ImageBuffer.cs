using System.Runtime.InteropServices;

namespace MLTransfer.Images;

/// <summary>
/// Memory for pixels of four bytes (red, green, blue, one unused), which grows as needed and is used again. Outside the managed heap, so that it needs no pinning, and with
/// room behind the last pixel, so that vector kernels may read and write past it.
/// </summary>
internal sealed unsafe class ImageBuffer : IDisposable
{
    /// <summary>Bytes behind the last pixel that may be touched: the widest store of a kernel.</summary>
    private const int Slack = 64;

    // A worker keeps what ordinary photos need (64 MB is 16 megapixels) and gives back what one giant needed.
    private const long Kept = 64L << 20;

    private byte* _bytes;
    private long _capacity;

    ~ImageBuffer() => Free();

    /// <summary>Where the pixels begin, with room for as many as asked for. What was there before is undefined.</summary>
    public byte* Rent(int width, int height) => Rent(4L * width * height);

    /// <summary>The same for a number of bytes.</summary>
    public byte* Rent(long bytes)
    {
        long needed = bytes + Slack;
        if (needed > _capacity || _capacity > Kept)
        {
            Free();
            _bytes = (byte*)NativeMemory.AlignedAlloc((nuint)needed, 64);
            _capacity = needed;
        }
        return _bytes;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_bytes);
        _bytes = null;
        _capacity = 0;
    }
}
