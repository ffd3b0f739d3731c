using Microsoft.ML;

namespace MLTransfer.Internal;

internal static partial class Throw
{
    public static Exception ColumnMissing(string step, string column, IEnumerable<string> found) => new ArgumentException(
        $"{step} reads column '{column}', but the data has no such column. It has {string.Join(", ", found.Select(n => $"'{n}'"))}.");

    public static Exception ColumnType(string step, string column, string expected, string found, string remedy) => new ArgumentException(
        $"{step} reads column '{column}' and expects {expected}, but it is {found}. {remedy}");

    public static Exception GetterType(DataViewSchema.Column column, Type asked) => new InvalidOperationException(
        $"Column '{column.Name}' is {column.Type}; its values are {column.Type.RawType}, but {asked} was asked for.");

    public static Exception ColumnNamedTwice(string step, string column) => new ArgumentException(
        $"{step} would add column '{column}' twice. Give each output its own name.");
}
