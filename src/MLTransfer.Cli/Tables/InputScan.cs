namespace MLTransfer.Cli.Tables;

/// <summary>What a pass over all input found.</summary>
/// <param name="Files">The files in order. A folder of pictures or sounds counts as one.</param>
/// <param name="Sha256">Over the names' order and the contents of all files, lower-case hexadecimal.</param>
internal sealed record InputScan(IReadOnlyList<InputFile> Files, string Sha256)
{
    /// <summary>Rows of all files.</summary>
    public long RowCount { get; } = Files.Sum(f => f.RowCount);
}

/// <summary>One file of an input.</summary>
/// <param name="Name">The file's name without its folder.</param>
/// <param name="RowCount">Its rows, those that cannot be used among them.</param>
/// <param name="ByteCount">Its length.</param>
/// <param name="Sha256">Over its bytes; of a folder of pictures or sounds, over the names and lengths of its files.</param>
internal sealed record InputFile(string Name, long RowCount, long ByteCount, string Sha256);
