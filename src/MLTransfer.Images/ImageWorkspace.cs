namespace MLTransfer.Images;

/// <summary>What a worker needs to prepare pictures: memory that grows to the largest of them and the weights of the last resize. Not thread-safe: one for each worker.</summary>
internal sealed class ImageWorkspace : IDisposable
{
    /// <summary>The picture as decoded.</summary>
    public ImageBuffer Decoded { get; } = new();

    /// <summary>The picture turned upright.</summary>
    public ImageBuffer Upright { get; } = new();

    /// <summary>Between the two passes of a resize.</summary>
    public ImageBuffer Between { get; } = new();

    /// <summary>The picture resized.</summary>
    public ImageBuffer Resized { get; } = new();

    /// <summary>The picture in its frame.</summary>
    public ImageBuffer Framed { get; } = new();

    public ResizeWeights HorizontalWeights { get; } = new();

    public ResizeWeights VerticalWeights { get; } = new();

    /// <summary>Source columns of the nearest filter.</summary>
    public List<int> Columns { get; } = [];

    /// <summary>A file that had to be changed before it was decoded.</summary>
    public ImageBuffer Patched { get; } = new();

    public void Dispose()
    {
        Patched.Dispose();
        Decoded.Dispose();
        Upright.Dispose();
        Between.Dispose();
        Resized.Dispose();
        Framed.Dispose();
    }
}
