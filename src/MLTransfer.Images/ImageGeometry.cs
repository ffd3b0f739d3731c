namespace MLTransfer.Images;

/// <summary>The size that a picture is resized to, and where the frame that the backbone reads begins in it: before it, where that is negative.</summary>
internal readonly record struct ImageGeometry(int Width, int Height, int Left, int Top)
{
    /// <summary>The geometry for a picture of a size, already upright, in a frame of a size.</summary>
    public static ImageGeometry Of(ImagePreprocessing settings, int width, int height, int frameWidth, int frameHeight)
    {
        (int newWidth, int newHeight) = settings.Resize switch
        {
            ImageResize.Exact => settings.ResizeSize is int side ? (side, side) : (frameWidth, frameHeight),
            ImageResize.ShorterSide => ShorterSide(width, height, settings.ResizeSize ?? Math.Min(frameWidth, frameHeight)),
            ImageResize.Pad => Inside(width, height, frameWidth, frameHeight),
            _ => (width, height),
        };
        if (settings.Resize == ImageResize.Pad)
        {
            bool isCentred = settings.PadPosition == PadPosition.Centre;
            return new(newWidth, newHeight, isCentred ? -HalfToEven(frameWidth - newWidth) : 0, isCentred ? -HalfToEven(frameHeight - newHeight) : 0);
        }
        return new(newWidth, newHeight, Crop(newWidth - frameWidth, settings.CropRounding), Crop(newHeight - frameHeight, settings.CropRounding));
    }

    private static (int, int) ShorterSide(int width, int height, int size)
    {
        long longer = Math.Min((long)((double)((long)size * Math.Max(width, height)) / Math.Min(width, height)), int.MaxValue);
        return width <= height ? (size, (int)longer) : ((int)longer, size);
    }

    /// <summary>Pillow's ImageOps.contain; a side is never less than a pixel, where Pillow fails.</summary>
    private static (int, int) Inside(int width, int height, int frameWidth, int frameHeight)
    {
        double ratio = (double)width / height;
        double frameRatio = (double)frameWidth / frameHeight;
        if (ratio > frameRatio)
            return (frameWidth, Math.Max(1, (int)Math.Round((double)height / width * frameWidth)));
        if (ratio < frameRatio)
            return (Math.Max(1, (int)Math.Round(ratio * frameHeight)), frameHeight);
        return (frameWidth, frameHeight);
    }

    /// <summary>Where a crop begins, given how much larger the picture is; what is smaller is centred: half a pixel goes to its end in torchvision, to its beginning in Hugging Face.</summary>
    private static int Crop(int margin, CropRounding rounding) => rounding == CropRounding.Down ? (int)Math.Floor(margin / 2.0)
        : margin >= 0 ? HalfToEven(margin)
        : -(-margin / 2);

    private static int HalfToEven(int pixels) => (int)Math.Round(pixels / 2.0, MidpointRounding.ToEven);
}
