using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Internal;

namespace MLTransfer.Evaluation;

/// <summary>The labels of a view, read once.</summary>
internal sealed class LabelledRows
{
    private LabelledRows(IDataView data, IReadOnlyList<string?> names)
    {
        Data = data;
        Names = names;
    }

    public IDataView Data { get; }

    /// <summary>The label of each row as text; null where it is missing.</summary>
    public IReadOnlyList<string?> Names { get; }

    public static LabelledRows Read(IDataView data, string labelColumn)
    {
        DataViewSchema.Column column = data.Schema.GetColumnOrNull(labelColumn)
            ?? throw Throw.ColumnMissing(ComparisonRunner.Step, labelColumn, data.Schema.Select(c => c.Name));
        var names = new List<string?>();
        using DataViewRowCursor cursor = data.GetRowCursor([column]);
        Func<string?> read = Reader(cursor, column);
        while (cursor.MoveNext())
            names.Add(read());
        return names.Count > 0 ? new LabelledRows(data, names) : throw Throw.ComparisonWithoutRows(labelColumn);
    }

    /// <summary>The places of each class's rows, in the given order of classes.</summary>
    public List<int>[] PlacesByClass(IReadOnlyDictionary<string, int> classes)
    {
        var places = new List<int>[classes.Count];
        for (int i = 0; i < places.Length; i++)
            places[i] = [];
        for (int row = 0; row < Names.Count; row++)
        {
            if (Names[row] is string name)
                places[classes[name]].Add(row);
        }
        return places;
    }

    private static Func<string?> Reader(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        if (column.Type is KeyDataViewType)
            return KeyReader(cursor, column);
        Type raw = column.Type.RawType;
        if (raw == typeof(ReadOnlyMemory<char>))
            return Reader<ReadOnlyMemory<char>>(cursor, column, v => v.IsEmpty ? null : v.ToString());
        if (raw == typeof(bool))
            return Reader<bool>(cursor, column, v => v ? "true" : "false");
        if (raw == typeof(sbyte))
            return Reader<sbyte>(cursor, column, v => Text(v));
        if (raw == typeof(byte))
            return Reader<byte>(cursor, column, v => Text(v));
        if (raw == typeof(short))
            return Reader<short>(cursor, column, v => Text(v));
        if (raw == typeof(ushort))
            return Reader<ushort>(cursor, column, v => Text(v));
        if (raw == typeof(int))
            return Reader<int>(cursor, column, v => Text(v));
        if (raw == typeof(uint))
            return Reader<uint>(cursor, column, v => Text(v));
        if (raw == typeof(long))
            return Reader<long>(cursor, column, v => Text(v));
        if (raw == typeof(ulong))
            return Reader<ulong>(cursor, column, v => Text(v));
        throw Throw.ColumnType(ComparisonRunner.Step, column.Name, "a class: text, key, boolean or integer", column.Type.ToString()!,
            "Turn it into a key with MapValueToKey first.");
    }

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    private static Func<string?> Reader<T>(DataViewRowCursor cursor, DataViewSchema.Column column, Func<T, string?> name)
    {
        ValueGetter<T> getter = cursor.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            getter(ref value);
            return name(value);
        };
    }

    private static Func<string?> KeyReader(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        Func<ulong, string?> name = v => v == 0 ? null : Text(v);
        if (column.HasKeyValues() && column.Annotations.Schema["KeyValues"].Type is VectorDataViewType { ItemType: TextDataViewType })
        {
            VBuffer<ReadOnlyMemory<char>> keys = default;
            column.GetKeyValues(ref keys);
            string[] names = [.. keys.DenseValues().Select(k => k.ToString())];
            name = v => v == 0 ? null : names[v - 1];
        }
        Type raw = column.Type.RawType;
        if (raw == typeof(byte))
            return Reader<byte>(cursor, column, v => name(v));
        if (raw == typeof(ushort))
            return Reader<ushort>(cursor, column, v => name(v));
        return raw == typeof(uint) ? Reader<uint>(cursor, column, v => name(v)) : Reader<ulong>(cursor, column, v => name(v));
    }
}
