namespace MLTransfer.Images;

/// <summary>A part of a picture.</summary>
internal readonly record struct RandomCrop(int Left, int Top, int Width, int Height)
{
    /// <summary>As torchvision's RandomResizedCrop: ten attempts at an area and proportions that fit, then the largest central part of allowed proportions.</summary>
    public static RandomCrop Draw(int width, int height, double scale, double ratio, ref RandomDraws draws)
    {
        double area = (double)width * height;
        for (int attempt = 0; attempt < 10; attempt++)
        {
            double part = area * draws.Uniform(scale, 1);
            double proportions = draws.Ratio(ratio);
            int partWidth = (int)Math.Round(Math.Sqrt(part * proportions));
            int partHeight = (int)Math.Round(Math.Sqrt(part / proportions));
            if (partWidth > 0 && partWidth <= width && partHeight > 0 && partHeight <= height)
            {
                int top = draws.Index(height - partHeight + 1);
                return new(draws.Index(width - partWidth + 1), top, partWidth, partHeight);
            }
        }
        int centralWidth = width;
        int centralHeight = height;
        if ((double)width / height < 1 / ratio)
            centralHeight = (int)Math.Round(width * ratio);
        else if ((double)width / height > ratio)
            centralWidth = (int)Math.Round(height * ratio);
        return new((width - centralWidth) / 2, (height - centralHeight) / 2, centralWidth, centralHeight);
    }

    /// <summary>The same part of the picture at another size, at least a pixel.</summary>
    public RandomCrop Scale(int fromWidth, int fromHeight, int toWidth, int toHeight)
    {
        (int left, int width) = ScaleAxis(Left, Width, fromWidth, toWidth);
        (int top, int height) = ScaleAxis(Top, Height, fromHeight, toHeight);
        return new(left, top, width, height);
    }

    private static (int Start, int Length) ScaleAxis(int start, int length, int from, int to)
    {
        double factor = (double)to / from;
        int first = Math.Min((int)Math.Round(start * factor), to - 1);
        return (first, Math.Clamp((int)Math.Round((start + length) * factor) - first, 1, to - first));
    }
}
