using System.Text.Json;

namespace MLTransfer.Cli.Tables;

/// <summary>Puts JSON values in the arrays of a table.</summary>
internal static class JsonCells
{
    /// <summary>What a value is read as; null where it does not say.</summary>
    public static (ColumnKind Kind, int Width)? KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => (value.TryGetInt64(out _) ? ColumnKind.Whole : ColumnKind.Real, 0),
        JsonValueKind.True or JsonValueKind.False => (ColumnKind.Flag, 0),
        JsonValueKind.Array when value.GetArrayLength() > 0 && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.Number) => (ColumnKind.Vector, value.GetArrayLength()),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => (ColumnKind.Text, 0),
    };

    /// <summary>Puts a value in its place. Returns what is wrong with it, or null.</summary>
    /// <param name="value">The value; undefined where the row has none.</param>
    /// <param name="column">The column.</param>
    /// <param name="target">The array of the column's kind.</param>
    /// <param name="row">Its row.</param>
    public static string? Put(JsonElement value, TableColumn column, Array target, int row)
    {
        bool isNull = value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;
        if (column.Kind == ColumnKind.Vector)
            return isNull ? $"'{column.Name}' has no value where {column.Width} numbers are expected." : Vector(value, column, ((float[])target).AsSpan(row * column.Width, column.Width));
        if (isNull)
        {
            Array.Clear(target, row, 1);
            return null;
        }
        return Scalar(value, column, target, row);
    }

    private static string? Scalar(JsonElement value, TableColumn column, Array target, int row)
    {
        switch (column.Kind, value.ValueKind)
        {
            case (ColumnKind.Text, JsonValueKind.String):
                return Text(value, column, out ((string?[])target)[row]);
            case (ColumnKind.Text, JsonValueKind.Object or JsonValueKind.Array):
                ((string?[])target)[row] = value.GetRawText();
                return null;
            case (ColumnKind.Whole, JsonValueKind.Number) when value.TryGetInt64(out long whole):
                ((long?[])target)[row] = whole;
                return null;
            case (ColumnKind.Real, JsonValueKind.Number) when value.TryGetDouble(out double real) && double.IsFinite(real):
                ((double?[])target)[row] = real;
                return null;
            case (ColumnKind.Flag, JsonValueKind.True or JsonValueKind.False):
                ((bool?[])target)[row] = value.GetBoolean();
                return null;
            default:
                return $"'{column.Name}' is {JsonLine.Describe(value)}, but the column holds {TableSchema.Look(column)}, as its first value.";
        }
    }

    private static string? Text(JsonElement value, TableColumn column, out string? text)
    {
        text = null;
        try
        {
            text = value.GetString();
            return null;
        }
        catch (InvalidOperationException)
        {
            return $"'{column.Name}' holds half a surrogate pair, which is no character.";
        }
    }

    private static string? Vector(JsonElement value, TableColumn column, Span<float> target)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != target.Length)
            return $"'{column.Name}' is {JsonLine.Describe(value)} where {target.Length} numbers are expected, as in its first value.";
        int i = 0;
        foreach (JsonElement number in value.EnumerateArray())
        {
            if (number.ValueKind != JsonValueKind.Number || !number.TryGetSingle(out target[i]) || !float.IsFinite(target[i]))
                return $"'{column.Name}' has {JsonLine.Describe(number)} at place {i}, where a number of single precision is expected.";
            i++;
        }
        return null;
    }
}
