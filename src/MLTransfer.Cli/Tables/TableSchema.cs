namespace MLTransfer.Cli.Tables;

/// <summary>Columns of a table as they were found.</summary>
/// <param name="Columns">The columns.</param>
/// <param name="Looks">For each how it looks to a person, such as "text (whole numbers)".</param>
internal sealed record TableSchema(IReadOnlyList<TableColumn> Columns, IReadOnlyList<string> Looks)
{
    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Names { get; } = [.. Columns.Select(c => c.Name)];

    /// <summary>What a column holds, in words.</summary>
    public static string Look(TableColumn column) => column.Kind switch
    {
        ColumnKind.Text => "text",
        ColumnKind.Whole => "whole numbers",
        ColumnKind.Real => "numbers",
        ColumnKind.Single => "numbers (single precision)",
        ColumnKind.Flag => "true or false",
        _ => $"vectors of {column.Width} numbers",
    };

    /// <summary>Refuses columns other than these.</summary>
    /// <exception cref="InvalidDataException">A name, a kind or the order differs.</exception>
    public void RefuseOther(TableSchema other, string path, string otherPath)
    {
        const string Remedy = "All files of an input have the same columns in the same order.";
        if (!Names.SequenceEqual(other.Names, StringComparer.Ordinal))
            throw new InvalidDataException($"'{otherPath}' has the columns {ColumnNames.List(other.Names)}, but '{path}' has {ColumnNames.List(Names)}. {Remedy}");
        int differs = Enumerable.Range(0, Columns.Count).FirstOrDefault(i => Columns[i].Kind != other.Columns[i].Kind || Columns[i].Width != other.Columns[i].Width, -1);
        if (differs >= 0)
            throw new InvalidDataException($"The column '{Names[differs]}' of '{otherPath}' holds {Look(other.Columns[differs])}, but that of '{path}' {Look(Columns[differs])}. {Remedy}");
    }
}
