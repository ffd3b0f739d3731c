namespace MLTransfer.Cli.Tables;

/// <summary>Columns of a table as they were found.</summary>
/// <param name="Columns">The columns.</param>
/// <param name="Looks">For each how it looks to a person, such as "text (whole numbers)".</param>
/// <param name="Unread">Columns that the files have but that cannot be read, and their types.</param>
internal sealed record TableSchema(IReadOnlyList<TableColumn> Columns, IReadOnlyList<string> Looks, IReadOnlyDictionary<string, string>? Unread = null)
{
    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Names { get; } = [.. Columns.Select(c => c.Name)];

    /// <summary>Whether names, kinds, widths and names of a vector's numbers are those of another.</summary>
    public bool HasSameColumns(TableSchema other) => Columns.Count == other.Columns.Count && Columns.Zip(other.Columns)
        .All(p => p.First with { SlotNames = null } == p.Second with { SlotNames = null } && (p.First.SlotNames ?? []).SequenceEqual(p.Second.SlotNames ?? [], StringComparer.Ordinal));

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

    /// <summary>The columns of two files that belong together. A vector whose width is not known in one of them has that of the other.</summary>
    /// <exception cref="InvalidDataException">A name, a kind or the order differs.</exception>
    public TableSchema Join(TableSchema other, string path, string otherPath)
    {
        const string Remedy = "All files of an input have the same columns in the same order.";
        if (!Names.SequenceEqual(other.Names, StringComparer.Ordinal))
            throw new InvalidDataException($"'{otherPath}' has the columns {ColumnNames.List(other.Names)}, but '{path}' has {ColumnNames.List(Names)}. {Remedy}");
        for (int i = 0; i < Columns.Count; i++)
        {
            (TableColumn its, TableColumn others) = (Columns[i], other.Columns[i]);
            if (its.Kind != others.Kind || (its.Width != others.Width && its.Width != 0 && others.Width != 0))
                throw new InvalidDataException($"The column '{Names[i]}' of '{otherPath}' holds {Look(others)}, but that of '{path}' {Look(its)}. {Remedy}");
        }
        TableColumn[] columns = [.. Columns.Select((c, i) => c.Width == 0 ? other.Columns[i] : c)];
        return columns.SequenceEqual(Columns) ? this : new TableSchema(columns, [.. columns.Select(Look)], Unread);
    }
}
