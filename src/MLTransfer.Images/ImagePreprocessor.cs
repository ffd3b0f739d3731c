using System.Buffers.Binary;
using Microsoft.ML.Data;

namespace MLTransfer.Images;

/// <summary>Makes tensors of pictures: decode, turn upright, resize, crop or pad, change at random, normalise. Immutable and thread-safe; each thread brings a workspace.</summary>
internal sealed unsafe class ImagePreprocessor
{
    private readonly ImagePreprocessing _settings;
    private readonly ImageAugmentation? _augmentation;
    private readonly PixelTensor _tensor;
    private readonly DecodeMode _mode;
    private readonly long _pixelLimit;
    private readonly uint _padding;

    /// <param name="settings">What the backbone wants.</param>
    /// <param name="width">Pixels across of the tensor.</param>
    /// <param name="height">Pixels down of the tensor.</param>
    /// <param name="mode">Exact, or fast.</param>
    /// <param name="pixelLimit">Pixels of a picture beyond which it is refused before anything is decoded.</param>
    /// <param name="augmentation">Random changes, or null for none.</param>
    public ImagePreprocessor(ImagePreprocessing settings, int width, int height, DecodeMode mode = DecodeMode.Exact, long pixelLimit = ImageEmbeddingOptions.DefaultMaximumPixels,
        ImageAugmentation? augmentation = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (pixelLimit < 1)
            throw Throw.PixelLimit(pixelLimit);
        settings.Check(nameof(ImagePreprocessor));
        _settings = settings;
        Width = width;
        Height = height;
        _mode = mode;
        _pixelLimit = pixelLimit;
        _augmentation = augmentation;
        _tensor = new PixelTensor(settings);
        (int red, int green, int blue) = ((int)settings.PadColour[0], (int)settings.PadColour[1], (int)settings.PadColour[2]);
        _padding = settings.Channels == ChannelOrder.Grey ? Lightness.Of(red, green, blue) * 0x010101u : (uint)(red | green << 8 | blue << 16);
    }

    /// <summary>Pixels across of the tensor.</summary>
    public int Width { get; }

    /// <summary>Pixels down of the tensor.</summary>
    public int Height { get; }

    /// <summary>The numbers of one picture: channels · height · width.</summary>
    public int Length => checked(_settings.ChannelCount * Width * Height);

    /// <summary>Fills the destination, which must have <see cref="Length"/> numbers, from the bytes of a file. The row's seed matters with augmentation only.</summary>
    /// <exception cref="ImageDecodeException">The bytes are no picture, are damaged, or are too large a picture.</exception>
    public void Prepare(ReadOnlySpan<byte> encoded, ImageWorkspace workspace, ulong rowSeed, Span<float> destination)
    {
        CheckDestination(destination);
        fixed (byte* bytes = encoded)
            _tensor.Fill(Pixels(bytes, encoded.Length, workspace, rowSeed), destination);
    }

    /// <summary>The same from the pixels of an MLImage. Its colours are taken as they are and its alpha is dropped; it has no orientation.</summary>
    /// <exception cref="ImageDecodeException">Its pixel format is unknown, or it is too large.</exception>
    public void Prepare(ReadOnlySpan<byte> source, int width, int height, MLPixelFormat format, ImageWorkspace workspace, ulong rowSeed, Span<float> destination)
    {
        CheckDestination(destination);
        _tensor.Fill(Pixels(source, width, height, format, workspace, rowSeed), destination);
    }

    /// <summary>The picture as the backbone sees it, before it is normalised.</summary>
    internal PixelView Pixels(byte* bytes, int length, ImageWorkspace workspace, ulong rowSeed)
    {
        using EncodedImage image = EncodedImage.Open(bytes, length, _pixelLimit, workspace);
        ImageOrientation orientation = _settings.ApplyOrientation ? ExifReader.Orientation(new ReadOnlySpan<byte>(bytes, length)) : ImageOrientation.Upright;
        bool isTurned = orientation >= ImageOrientation.Transpose;
        (int width, int height) = isTurned ? (image.Height, image.Width) : (image.Width, image.Height);
        Plan plan = Choose(width, height, rowSeed);

        PixelView pixels;
        if (_mode == DecodeMode.Scaled && _settings.Resize != ImageResize.None)
        {
            // The part that is resized must keep at least as many pixels as it is resized to.
            int leastWidth = (int)Math.Ceiling((double)plan.Geometry.Width * width / plan.Part.Width);
            int leastHeight = (int)Math.Ceiling((double)plan.Geometry.Height * height / plan.Part.Height);
            pixels = isTurned ? image.Decode(workspace, leastHeight, leastWidth) : image.Decode(workspace, leastWidth, leastHeight);
        }
        else
        {
            pixels = image.Decode(workspace);
        }
        pixels = Turn.Upright(pixels, orientation, workspace.Upright);
        if (pixels.Width != width || pixels.Height != height)
            plan = plan with { Part = plan.Part.Scale(width, height, pixels.Width, pixels.Height) };
        return Frame(pixels, plan, workspace);
    }

    private PixelView Pixels(ReadOnlySpan<byte> source, int width, int height, MLPixelFormat format, ImageWorkspace workspace, ulong rowSeed)
    {
        if ((long)width * height > _pixelLimit)
            throw Throw.TooManyPixels(width, height, _pixelLimit);
        if (source.Length != 4L * width * height)
            throw Throw.PixelCount(width, height, source.Length);
        var pixels = new PixelView(workspace.Decoded.Rent(width, height), width, height);
        var target = new Span<byte>(pixels.Bytes, source.Length);
        if (format == MLPixelFormat.Rgba32)
            source.CopyTo(target);
        else if (format == MLPixelFormat.Bgra32)
            SwapRedAndBlue(source, target);
        else
            throw Throw.PixelFormatUnknown(format);
        return Frame(pixels, Choose(width, height, rowSeed), workspace);
    }

    /// <summary>What is cut out of the upright picture, what that is resized to, and the random numbers that follow.</summary>
    private Plan Choose(int width, int height, ulong rowSeed)
    {
        if (_augmentation is null)
            return new Plan(new RandomCrop(0, 0, width, height), ImageGeometry.Of(_settings, width, height, Width, Height), default);
        var draws = new RandomDraws(_augmentation.Seed, rowSeed);
        if (_augmentation.CropScale is not double scale)
            return new Plan(new RandomCrop(0, 0, width, height), ImageGeometry.Of(_settings, width, height, Width, Height), draws);
        RandomCrop part = RandomCrop.Draw(width, height, scale, _augmentation.CropRatio, ref draws);
        return new Plan(part, new ImageGeometry(Width, Height, 0, 0), draws);
    }

    private PixelView Frame(PixelView picture, Plan plan, ImageWorkspace workspace)
    {
        if (_settings.Channels == ChannelOrder.Grey)
            Lightness.Spread(picture);
        ImageGeometry geometry = plan.Geometry;
        PixelView source = picture.Part(plan.Part.Left, plan.Part.Top, plan.Part.Width, plan.Part.Height);
        int left = Math.Max(geometry.Left, 0);
        int top = Math.Max(geometry.Top, 0);
        int width = Math.Min(geometry.Width, geometry.Left + Width) - left;
        int height = Math.Min(geometry.Height, geometry.Top + Height) - top;
        PixelView window = PillowResize.Resize(source, geometry.Width, geometry.Height, left, top, width, height, _settings.Filter, workspace);
        if (width != Width || height != Height)
            window = Pad(window, left - geometry.Left, top - geometry.Top, workspace.Framed);
        if (_augmentation is not null)
        {
            RandomDraws draws = plan.Draws;
            if (draws.Uniform() < _augmentation.FlipProbability)
                Mirror(window);
            ColourJitter.Apply(window, _augmentation, ref draws);
        }
        return window;
    }

    private PixelView Pad(PixelView window, int left, int top, ImageBuffer buffer)
    {
        var frame = new PixelView(buffer.Rent(Width, Height), Width, Height);
        new Span<uint>(frame.Bytes, Width * Height).Fill(_padding);
        for (int y = 0; y < window.Height; y++)
            new Span<uint>(window.Row(y), window.Width).CopyTo(new Span<uint>(frame.Row(top + y) + 4 * left, window.Width));
        return frame;
    }

    private static void Mirror(PixelView pixels)
    {
        for (int y = 0; y < pixels.Height; y++)
            new Span<uint>(pixels.Row(y), pixels.Width).Reverse();
    }

    private static void SwapRedAndBlue(ReadOnlySpan<byte> source, Span<byte> target)
    {
        ReadOnlySpan<uint> from = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(source);
        Span<uint> to = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(target);
        // Blue, green, red, alpha read backwards are alpha, red, green, blue; without alpha, that is red, green, blue.
        for (int i = 0; i < from.Length; i++)
            to[i] = BinaryPrimitives.ReverseEndianness(from[i]) >> 8;
    }

    private void CheckDestination(Span<float> destination)
    {
        if (destination.Length != Length)
            throw Throw.DestinationSize(destination.Length, Length);
    }

    private readonly record struct Plan(RandomCrop Part, ImageGeometry Geometry, RandomDraws Draws);
}
