namespace MLTransfer.Cli.Tables;

/// <summary>A table file.</summary>
internal sealed class TablePart(string path, TableFormat format) : InputPart(path)
{
    public override InputFile Scan(Action<int> onRead)
    {
        using var stream = new HashingStream(FileOpening.Read(Path), onRead);
        long rowCount = format.CountRows(stream, Path);
        string sha256 = stream.Finish();
        return new InputFile(Name, rowCount, stream.ByteCount, sha256);
    }

    public override void RefuseChanged(InputFile scanned)
    {
        using FileStream file = FileOpening.Read(Path);
        if (file.Length != scanned.ByteCount)
            throw new InvalidDataException($"'{Path}' has {file.Length} bytes now and had {scanned.ByteCount} when its rows were counted: it was changed. Start anew, in another folder.");
    }

    public override FileRows Open(TableSchema schema, IReadOnlyList<int> columns) => format.Open(Path, schema, columns);
}
