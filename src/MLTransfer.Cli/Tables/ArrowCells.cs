using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace MLTransfer.Cli.Tables;

/// <summary>Copies rows of Arrow's arrays to the arrays of a table.</summary>
internal static class ArrowCells
{
    /// <summary>Copies rows of a column.</summary>
    /// <param name="source">The array.</param>
    /// <param name="first">The first of its rows to copy.</param>
    /// <param name="count">How many.</param>
    /// <param name="column">The column.</param>
    /// <param name="target">The array of the column's kind.</param>
    /// <param name="at">The row of the target for the first.</param>
    /// <param name="problem">Told the row of the target and what is wrong with it.</param>
    public static void Copy(IArrowArray source, int first, int count, TableColumn column, System.Array target, int at, Action<int, string> problem)
    {
        for (int i = 0; i < count; i++)
        {
            bool isNull = source.IsNull(first + i);
            string? wrong = column.Kind == ColumnKind.Vector ? Vector(source, first + i, isNull, ((float[])target).AsSpan((at + i) * column.Width, column.Width))
                : isNull ? Nothing(target, at + i)
                : Scalar(source, first + i, column.Kind, target, at + i);
            if (wrong is not null)
                problem(at + i, $"'{column.Name}' {wrong}");
        }
    }

    private static string? Vector(IArrowArray source, int row, bool isNull, Span<float> target)
    {
        if (isNull)
            return $"has no value where {target.Length} numbers are expected.";
        int length = ArrowLists.Length(source, row);
        if (length != target.Length)
            return $"has {length} numbers where {target.Length} are expected, as in the first row.";
        return ArrowLists.TryCopy(ArrowLists.Numbers(source), ArrowLists.Start(source, row), target) ? null : "has a number that is missing.";
    }

    private static string? Nothing(System.Array target, int row)
    {
        System.Array.Clear(target, row, 1);
        return null;
    }

    private static string? Scalar(IArrowArray source, int row, ColumnKind kind, System.Array target, int at)
    {
        switch (kind)
        {
            case ColumnKind.Text:
                return Text(source, row, out ((string?[])target)[at]);
            case ColumnKind.Whole:
                return Whole(source, row, out ((long?[])target)[at]);
            case ColumnKind.Real:
                ((double?[])target)[at] = ((DoubleArray)source).Values[row];
                return null;
            case ColumnKind.Single:
                ((float?[])target)[at] = source is FloatArray singles ? singles.Values[row] : (float)((HalfFloatArray)source).Values[row];
                return null;
            default:
                ((bool?[])target)[at] = ((BooleanArray)source).GetValue(row);
                return null;
        }
    }

    private static string? Whole(IArrowArray source, int row, out long? value)
    {
        value = source switch
        {
            Int64Array a => a.Values[row],
            Int32Array a => a.Values[row],
            Int16Array a => a.Values[row],
            Int8Array a => a.Values[row],
            UInt32Array a => a.Values[row],
            UInt16Array a => a.Values[row],
            UInt8Array a => a.Values[row],
            UInt64Array a => a.Values[row] <= long.MaxValue ? (long)a.Values[row] : null,
            _ => throw new ArgumentException($"{source.Data.DataType.Name} is no whole number.", nameof(source)),
        };
        return value is null ? $"is {((UInt64Array)source).Values[row]}, more than 64 bits with a sign hold." : null;
    }

    private static string? Text(IArrowArray source, int row, out string? text)
    {
        switch (source)
        {
            case StringArray a:
                return Utf8Text(a.GetBytes(row), out text);
            case LargeStringArray a:
                return Utf8Text(a.GetBytes(row), out text);
            case DictionaryArray a:
                int key = Key(a.Indices, row);
                text = null;
                return a.Dictionary.IsNull(key) ? null : Text(a.Dictionary, key, out text);
            case Decimal128Array a:
                text = a.GetString(row);
                return null;
            case Decimal256Array a:
                text = a.GetString(row);
                return null;
            case Date32Array a:
                return Moment(a.Values[row], TimeSpan.TicksPerDay, 1, "yyyy-MM-dd", "", out text);
            case Date64Array a:
                return Moment(a.Values[row], TimeSpan.TicksPerMillisecond, 1, "yyyy-MM-dd", "", out text);
            case TimestampArray a:
                return Timestamp(a, row, out text);
            default:
                throw new ArgumentException($"{source.Data.DataType.Name} is no text.", nameof(source));
        }
    }

    private static string? Utf8Text(ReadOnlySpan<byte> bytes, out string? text)
    {
        bool isText = Utf8.IsValid(bytes);
        text = isText ? Encoding.UTF8.GetString(bytes) : null;
        return isText ? null : "is not UTF-8.";
    }

    private static int Key(IArrowArray indices, int row) => indices switch
    {
        Int32Array a => a.Values[row],
        Int8Array a => a.Values[row],
        Int16Array a => a.Values[row],
        Int64Array a => checked((int)a.Values[row]),
        UInt8Array a => a.Values[row],
        UInt16Array a => a.Values[row],
        UInt32Array a => checked((int)a.Values[row]),
        _ => checked((int)((UInt64Array)indices).Values[row]),
    };

    // Each unit with as many digits as it has, so that all of a column are of one form.
    private static string? Timestamp(TimestampArray source, int row, out string? text)
    {
        var type = (TimestampType)source.Data.DataType;
        string zone = string.IsNullOrEmpty(type.Timezone) ? "" : "Z";
        long value = source.Values[row];
        switch (type.Unit)
        {
            case TimeUnit.Second:
                return Moment(value, TimeSpan.TicksPerSecond, 1, "yyyy-MM-ddTHH:mm:ss", zone, out text);
            case TimeUnit.Millisecond:
                return Moment(value, TimeSpan.TicksPerMillisecond, 1, "yyyy-MM-ddTHH:mm:ss.fff", zone, out text);
            case TimeUnit.Microsecond:
                return Moment(value, TimeSpan.TicksPerMicrosecond, 1, "yyyy-MM-ddTHH:mm:ss.ffffff", zone, out text);
            default:
                long rest = ((value % 100) + 100) % 100;
                return Moment(value - rest, 1, 100, "yyyy-MM-ddTHH:mm:ss.fffffff", $"{rest:00}{zone}", out text);
        }
    }

    private static string? Moment(long value, long ticks, long divisor, string format, string suffix, out string? text)
    {
        Int128 total = DateTime.UnixEpoch.Ticks + ((Int128)value * ticks / divisor);
        bool isDate = total >= DateTime.MinValue.Ticks && total <= DateTime.MaxValue.Ticks;
        text = isDate ? new DateTime((long)total, DateTimeKind.Utc).ToString(format, CultureInfo.InvariantCulture) + suffix : null;
        return isDate ? null : "is no date of the years 1 to 9999.";
    }
}
