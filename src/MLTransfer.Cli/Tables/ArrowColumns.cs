using System.Text.Json;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace MLTransfer.Cli.Tables;

/// <summary>Which of Arrow's types a column of a table can be read from, and how the names of a vector's numbers are kept.</summary>
internal static class ArrowColumns
{
    /// <summary>Where the names of a vector's numbers stand in its field's metadata, as a JSON array.</summary>
    public const string SlotNames = "slot_names";

    /// <summary>The column that a field is read as, a list of no fixed length as a vector of the width 0; null where its type is not read.</summary>
    public static TableColumn? Of(Field field) => field.DataType switch
    {
        FixedSizeListType list when IsReal(list.ValueDataType) => new TableColumn(field.Name, ColumnKind.Vector, list.ListSize, Slots(field, list.ListSize)),
        ListType list when IsReal(list.ValueDataType) => new TableColumn(field.Name, ColumnKind.Vector),
        LargeListType list when IsReal(list.ValueDataType) => new TableColumn(field.Name, ColumnKind.Vector),
        DictionaryType dictionary => IsText(dictionary.ValueType) ? new TableColumn(field.Name, ColumnKind.Text) : null,
        IArrowType type => KindOf(type) is ColumnKind kind ? new TableColumn(field.Name, kind) : null,
    };

    /// <summary>A type as a person calls it.</summary>
    public static string Describe(IArrowType type) => type switch
    {
        FixedSizeListType list => $"list of {list.ListSize} × {Describe(list.ValueDataType)}",
        ListType list => $"list of {Describe(list.ValueDataType)}",
        LargeListType list => $"list of {Describe(list.ValueDataType)}",
        DictionaryType dictionary => $"dictionary of {Describe(dictionary.ValueType)}",
        StructType => "struct",
        _ => type.Name,
    };

    private static ColumnKind? KindOf(IArrowType type) => type.TypeId switch
    {
        ArrowTypeId.Int8 or ArrowTypeId.Int16 or ArrowTypeId.Int32 or ArrowTypeId.Int64 or ArrowTypeId.UInt8 or ArrowTypeId.UInt16 or ArrowTypeId.UInt32 or ArrowTypeId.UInt64 => ColumnKind.Whole,
        ArrowTypeId.Double => ColumnKind.Real,
        ArrowTypeId.Float or ArrowTypeId.HalfFloat => ColumnKind.Single,
        ArrowTypeId.Boolean => ColumnKind.Flag,
        ArrowTypeId.Date32 or ArrowTypeId.Date64 or ArrowTypeId.Timestamp or ArrowTypeId.Decimal128 or ArrowTypeId.Decimal256 => ColumnKind.Text,
        _ => IsText(type) ? ColumnKind.Text : null,
    };

    private static bool IsText(IArrowType type) => type.TypeId is ArrowTypeId.String or ArrowTypeId.LargeString;

    private static bool IsReal(IArrowType type) => type.TypeId is ArrowTypeId.Float or ArrowTypeId.Double or ArrowTypeId.HalfFloat;

    // Other programs may have the same key for something else.
    private static string[]? Slots(Field field, int width)
    {
        if (field.Metadata?.GetValueOrDefault(SlotNames) is not string json)
            return null;
        try
        {
            return JsonSerializer.Deserialize<string[]>(json) is string[] names && names.Length == width && !names.Contains(null) ? names : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
