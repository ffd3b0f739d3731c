namespace MLTransfer.Cli.Tables;

/// <summary>What is read one after the other: a table file, or a folder of pictures or sounds.</summary>
/// <param name="path">The path as it was given, or of a file in the folder that was.</param>
internal abstract class InputPart(string path)
{
    public string Path { get; } = path;

    /// <summary>Its name without the folder.</summary>
    public string Name => System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Path)));

    /// <summary>Counts its rows and hashes it.</summary>
    /// <param name="onRead">Told how many bytes were read each time; may throw to end the reading.</param>
    /// <exception cref="InvalidDataException">The file is damaged, so that the bounds of its rows are not known.</exception>
    public abstract InputFile Scan(Action<int> onRead);

    /// <summary>Refuses a part that is not the one that was scanned, as far as it shows without reading it.</summary>
    /// <exception cref="InvalidDataException">It was changed.</exception>
    public abstract void RefuseChanged(InputFile scanned);

    /// <summary>Reads some of its columns.</summary>
    public abstract FileRows Open(TableSchema schema, IReadOnlyList<int> columns);
}
