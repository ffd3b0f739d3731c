namespace MLTransfer.Cli.Tables;

/// <summary>Reads the rows of one file in order. Not thread-safe; whoever opened it disposes it.</summary>
internal abstract class FileRows : IDisposable
{
    /// <summary>Passes over rows; fewer where the file ends. Returns how many.</summary>
    public abstract long Skip(long rowCount);

    /// <summary>Appends rows until the batch is full or the file ends. Returns how many, those with a problem among them.</summary>
    public abstract int Read(BatchBuilder batch);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
