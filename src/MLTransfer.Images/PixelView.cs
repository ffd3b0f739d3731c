namespace MLTransfer.Images;

/// <summary>A rectangle of pixels of four bytes: red, green, blue, one unused. Valid until its workspace is used again.</summary>
internal readonly unsafe struct PixelView(byte* bytes, int width, int height, nint stride)
{
    public PixelView(byte* bytes, int width, int height) : this(bytes, width, height, (nint)4 * width)
    {
    }

    public byte* Bytes => bytes;

    public int Width => width;

    public int Height => height;

    /// <summary>Bytes from one row to the next.</summary>
    public nint Stride => stride;

    public byte* Row(int y) => bytes + y * stride;

    /// <summary>A part of it; nothing is copied.</summary>
    public PixelView Part(int x, int y, int partWidth, int partHeight) => new(Row(y) + (nint)4 * x, partWidth, partHeight, stride);
}
