using SkiaSharp;

namespace MLTransfer.Images;

/// <summary>
/// A JPEG, PNG, WebP, BMP or GIF file in memory: its header is read and checked when it is opened, its pixels when they are asked for. The bytes must not move while it lives.
/// </summary>
internal sealed unsafe class EncodedImage : IDisposable
{
    private readonly SKData _data;
    private readonly SKCodec _codec;
    private readonly GifFirstFrame? _gif;

    private EncodedImage(SKData data, SKCodec codec, GifFirstFrame? gif)
    {
        _data = data;
        _codec = codec;
        _gif = gif;
    }

    /// <summary>Pixels across, before it is turned upright.</summary>
    public int Width => _codec.Info.Width;

    /// <summary>Pixels down, before it is turned upright.</summary>
    public int Height => _codec.Info.Height;

    private string Format => _codec.EncodedFormat.ToString().ToUpperInvariant();

    /// <exception cref="ImageDecodeException">It is no such file, its header is damaged, or it has more pixels than the limit.</exception>
    public static EncodedImage Open(byte* bytes, int length, long pixelLimit, ImageWorkspace workspace)
    {
        var file = new ReadOnlySpan<byte>(bytes, length);
        if (length == 0)
            throw Throw.EmptyFile();
        GifFirstFrame? gif = GifFirstFrame.Read(file);
        if (gif is { FlagsAt: >= 0 } frame)
        {
            bytes = workspace.Patched.Rent(length);
            file.CopyTo(new Span<byte>(bytes, length));
            bytes[frame.FlagsAt] &= 0xFE;
        }

        SKData data = SKData.Create((nint)bytes, length);
        SKCodec? codec = SKCodec.Create(data);
        var image = new EncodedImage(data, codec!, gif);
        try
        {
            if (codec is null)
                throw Signature.Name(file) is string format ? Throw.HeaderUnreadable(format) : Throw.NotAPicture(Signature.Describe(file));
            if (codec.EncodedFormat is not (SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png or SKEncodedImageFormat.Webp or SKEncodedImageFormat.Bmp
                or SKEncodedImageFormat.Gif))
            {
                throw Throw.NotAPicture($"a file of format {codec.EncodedFormat}");
            }
            if ((long)image.Width * image.Height > pixelLimit)
                throw Throw.TooManyPixels(image.Width, image.Height, pixelLimit);
        }
        catch
        {
            image.Dispose();
            throw;
        }
        return image;
    }

    /// <summary>All of it, or, where a JPEG file allows, a half, quarter or eighth of it that has at least so many pixels across and down.</summary>
    /// <exception cref="ImageDecodeException">The file ends too early, or is damaged.</exception>
    public PixelView Decode(ImageWorkspace workspace, int leastWidth = int.MaxValue, int leastHeight = int.MaxValue)
    {
        SKSizeI size = new(Width, Height);
        if (_codec.EncodedFormat == SKEncodedImageFormat.Jpeg)
        {
            foreach (float scale in (ReadOnlySpan<float>)[0.125f, 0.25f, 0.5f])
            {
                SKSizeI scaled = _codec.GetScaledDimensions(scale);
                if (scaled.Width < leastWidth || scaled.Height < leastHeight)
                    continue;
                size = scaled;
                break;
            }
        }
        var pixels = new PixelView(workspace.Decoded.Rent(size.Width, size.Height), size.Width, size.Height);
        // Without a colour space of its own, the target takes the file's numbers as they are: ICC profiles and gamma chunks change nothing, as in Pillow.
        var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        SKCodecResult result = _codec.GetPixels(info, (nint)pixels.Bytes, (int)pixels.Stride, SKCodecOptions.Default);
        if (result is SKCodecResult.IncompleteInput or SKCodecResult.ErrorInInput)
            throw Throw.Truncated(Format);
        if (result != SKCodecResult.Success)
            throw Throw.Undecodable(Format, result);
        if (_gif is { } frame)
            FillAround(pixels, frame);
        return pixels;
    }

    public void Dispose()
    {
        _codec?.Dispose();
        _data.Dispose();
    }

    private static void FillAround(PixelView pixels, GifFirstFrame frame)
    {
        for (int y = 0; y < pixels.Height; y++)
        {
            var row = new Span<uint>(pixels.Row(y), pixels.Width);
            if (y < frame.Top || y >= frame.Top + frame.Height)
            {
                row.Fill(frame.Around);
                continue;
            }
            row[..Math.Min(frame.Left, row.Length)].Fill(frame.Around);
            row[Math.Min(frame.Left + frame.Width, row.Length)..].Fill(frame.Around);
        }
    }
}
