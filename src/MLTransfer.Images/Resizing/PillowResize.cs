using System.Runtime.Intrinsics.X86;

namespace MLTransfer.Images;

/// <summary>
/// Resizing as Pillow 9.4 resizes pictures of eight bits a channel, bit for bit: a horizontal pass, rounded to bytes, then a vertical one. Only what is asked for is computed:
/// a window of the resized picture needs some of its columns and rows only.
/// </summary>
internal static unsafe class PillowResize
{
    /// <summary>A window (x, y, windowWidth, windowHeight) of the source resized to width × height. The result lies in the workspace, or is a part of the source.</summary>
    public static PixelView Resize(
        PixelView source, int width, int height, int x, int y, int windowWidth, int windowHeight, ResizeFilter filter, ImageWorkspace workspace, bool portable = false)
    {
        if (source.Width == width && source.Height == height)
            return source.Part(x, y, windowWidth, windowHeight);
        if (filter == ResizeFilter.Nearest)
            return NearestResize.Resize(source, width, height, x, y, windowWidth, windowHeight, workspace);

        bool fast = Avx2.IsSupported && !portable;
        int firstRow = 0;
        if (source.Height != height)
        {
            ResizeWeights vertical = workspace.VerticalWeights;
            vertical.Prepare(source.Height, height, y, windowHeight, filter);
            firstRow = vertical.Starts[0];
        }
        PixelView rows = source;
        if (source.Width != width)
        {
            ResizeWeights horizontal = workspace.HorizontalWeights;
            horizontal.Prepare(source.Width, width, x, windowWidth, filter);
            int first = source.Height != height ? firstRow : y;
            int count = source.Height != height
                ? workspace.VerticalWeights.Starts[windowHeight - 1] + workspace.VerticalWeights.Counts[windowHeight - 1] - firstRow : windowHeight;
            rows = new PixelView(workspace.Between.Rent(windowWidth, count), windowWidth, count);
            if (fast)
                ResizePassesAvx2.Horizontal(source, first, horizontal, rows);
            else
                ResizePassesPortable.Horizontal(source, first, horizontal, rows);
            if (source.Height == height)
                return rows;
        }
        else
        {
            rows = source.Part(x, 0, windowWidth, source.Height);
            firstRow = 0;
        }

        var target = new PixelView(workspace.Resized.Rent(windowWidth, windowHeight), windowWidth, windowHeight);
        if (fast)
            ResizePassesAvx2.Vertical(rows, firstRow, workspace.VerticalWeights, target);
        else
            ResizePassesPortable.Vertical(rows, firstRow, workspace.VerticalWeights, target);
        return target;
    }
}
