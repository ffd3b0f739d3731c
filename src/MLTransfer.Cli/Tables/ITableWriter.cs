namespace MLTransfer.Cli.Tables;

/// <summary>Writes rows in order. The bytes depend on the rows alone, not on how they were divided into batches. Not thread-safe; whoever opened it disposes it.</summary>
internal interface ITableWriter : IDisposable
{
    /// <summary>Appends all rows of a batch, which has no problems.</summary>
    void Write(TableBatch batch);

    /// <summary>Writes what is left and has the system put all on the disk. A file that was not completed is not whole.</summary>
    void Complete();
}
