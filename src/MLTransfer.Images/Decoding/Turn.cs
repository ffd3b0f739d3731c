namespace MLTransfer.Images;

/// <summary>Turning and mirroring, as Pillow's ImageOps.exif_transpose.</summary>
internal static unsafe class Turn
{
    /// <summary>The picture as it is seen; the source itself where nothing is to be done.</summary>
    public static PixelView Upright(PixelView source, ImageOrientation orientation, ImageBuffer buffer)
    {
        if (orientation == ImageOrientation.Upright)
            return source;
        bool isTurned = orientation >= ImageOrientation.Transpose;
        int width = isTurned ? source.Height : source.Width;
        int height = isTurned ? source.Width : source.Height;
        var target = new PixelView(buffer.Rent(width, height), width, height);
        int right = source.Width - 1;
        int bottom = source.Height - 1;
        for (int y = 0; y < height; y++)
        {
            // Where the row begins in the source, and the step to its next pixel.
            (int fromX, int fromY, nint step) = orientation switch
            {
                ImageOrientation.MirrorLeftRight => (right, y, -4),
                ImageOrientation.Rotate180 => (right, bottom - y, -4),
                ImageOrientation.MirrorTopBottom => (0, bottom - y, 4),
                ImageOrientation.Transpose => (y, 0, source.Stride),
                ImageOrientation.RotateClockwise => (y, bottom, -source.Stride),
                ImageOrientation.Transverse => (right - y, bottom, -source.Stride),
                _ => (right - y, 0, source.Stride),
            };
            byte* from = source.Row(fromY) + (nint)4 * fromX;
            uint* to = (uint*)target.Row(y);
            for (int x = 0; x < width; x++, from += step)
                to[x] = *(uint*)from;
        }
        return target;
    }
}
