namespace MLTransfer.Cli.Tables;

/// <summary>Names of columns: how one is found, and how they are listed in messages.</summary>
internal static class ColumnNames
{
    private const int ListedCount = 20;

    /// <summary>The names in quotes; of very many the first.</summary>
    public static string List(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(ListedCount).Select(n => $"'{n}'")) + (names.Count > ListedCount ? $" and {names.Count - ListedCount} more" : "");

    /// <summary>The index of the column of that name; where several differ in upper and lower case only, of the one that is written so.</summary>
    /// <param name="names">The columns.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="name">The name; upper and lower case are the same, blanks around names count for nothing.</param>
    /// <param name="option">The option that gives it, for messages.</param>
    /// <exception cref="ArgumentException">There is none, or there are several.</exception>
    public static int Find(IReadOnlyList<string> names, string path, string name, string option)
    {
        int[] found = [.. Enumerable.Range(0, names.Count).Where(i => string.Equals(names[i].Trim(), name.Trim(), StringComparison.OrdinalIgnoreCase))];
        int[] exact = [.. found.Where(i => names[i].Trim() == name.Trim())];
        return (found, exact) switch
        {
            ([int only], _) => only,
            (_, [int only]) => only,
            ([], _) => throw new ArgumentException($"'{path}' has no column '{name}'; its header names {List(names)}. Choose one with {option}."),
            _ => throw new ArgumentException($"'{path}' has several columns '{name}'; its header names {List(names)}. Rename all but one."),
        };
    }
}
