namespace MLTransfer.Images;

/// <summary>Pillow's resize with the nearest filter (Geometry.c, ImagingScaleAffine): positions are summed step by step in double, which decides ties.</summary>
internal static unsafe class NearestResize
{
    public static PixelView Resize(PixelView source, int width, int height, int x, int y, int windowWidth, int windowHeight, ImageWorkspace workspace)
    {
        var target = new PixelView(workspace.Resized.Rent(windowWidth, windowHeight), windowWidth, windowHeight);
        List<int> columns = workspace.Columns;
        columns.Clear();
        double step = (double)source.Width / width;
        double position = step * 0.5;
        for (int i = 0; i < x + windowWidth; i++, position += step)
        {
            if (i >= x)
                columns.Add((int)position);
        }
        step = (double)source.Height / height;
        position = step * 0.5;
        for (int i = 0; i < y + windowHeight; i++, position += step)
        {
            if (i < y)
                continue;
            uint* output = (uint*)target.Row(i - y);
            // What the sum carries past the edge stays black, as in Pillow.
            uint* row = (int)position < source.Height ? (uint*)source.Row((int)position) : null;
            for (int column = 0; column < windowWidth; column++)
                output[column] = row != null && columns[column] < source.Width ? row[columns[column]] : 0;
        }
        return target;
    }
}
