namespace MLTransfer.Cli.Tables;

/// <summary>The first line of a file of separated fields.</summary>
internal static class DelimitedHeader
{
    /// <summary>The names of the columns, exactly as they are written.</summary>
    /// <param name="reader">A reader that has read nothing yet.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="InvalidDataException">There is no line, no name, or what is there is no text.</exception>
    public static string[] Read(DelimitedReader reader, string path)
    {
        if (!reader.Read())
            throw new InvalidDataException($"'{path}' is empty. Its first line must name the columns.");
        if (reader.InvalidField() >= 0)
            throw new InvalidDataException($"'{path}', line {reader.RecordLine}: field {reader.InvalidField() + 1} of the header is not UTF-8. Save the file as UTF-8.");
        string[] names = reader.Texts();
        if (reader.Problem(names) is string problem)
            throw new InvalidDataException($"'{path}', line {reader.RecordLine}: {problem}");
        return names.Any(n => !string.IsNullOrWhiteSpace(n)) ? names
            : throw new InvalidDataException($"'{path}', line {reader.RecordLine}: the header names no column. The first line must name the columns.");
    }

    /// <summary>The same, without two columns of one name.</summary>
    /// <exception cref="InvalidDataException">As <see cref="Read"/>, or two columns have one name.</exception>
    public static string[] ReadUnique(DelimitedReader reader, string path)
    {
        string[] names = Read(reader, path);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return names.FirstOrDefault(n => !seen.Add(n)) is not string twice ? names
            : throw new InvalidDataException($"'{path}', line {reader.RecordLine}: two columns have the name '{twice}'. Rename one; the header names {ColumnNames.List(names)}.");
    }
}
