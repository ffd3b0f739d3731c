using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Heads;

/// <summary>Names of the classes behind a label column.</summary>
internal static class ClassNames
{
    private delegate string[] Reader(DataViewSchema.Annotations annotations, string name);

    /// <summary>The values a key stands for, as text; indices where it has none.</summary>
    public static string[] OfKeys(DataViewSchema.Column label, int classCount) => OfValues(label, "KeyValues") ?? Indices(classCount);

    /// <summary>The values of an annotation, as text; null where the column has none.</summary>
    public static string[]? OfValues(DataViewSchema.Column column, string annotation)
    {
        if (column.Annotations.Schema.GetColumnOrNull(annotation) is not { Type: VectorDataViewType vector })
            return null;
        System.Reflection.MethodInfo read = typeof(ClassNames).GetMethod(nameof(Read), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(vector.ItemType.RawType);
        return read.CreateDelegate<Reader>()(column.Annotations, annotation);
    }

    /// <summary>The slot names of a vector of probabilities; indices where it has none.</summary>
    public static string[] OfSlots(DataViewSchema.Column label, int classCount)
    {
        if (label.Annotations.Schema.GetColumnOrNull("SlotNames") is null)
            return Indices(classCount);
        VBuffer<ReadOnlyMemory<char>> names = default;
        label.GetSlotNames(ref names);
        return [.. names.DenseValues().Select((n, i) => n.IsEmpty ? Index(i) : n.ToString())];
    }

    public static DataViewSchema.Annotations AsKeyValues(string[] names)
    {
        ReadOnlyMemory<char>[] values = [.. names.Select(n => n.AsMemory())];
        var builder = new DataViewSchema.Annotations.Builder();
        builder.Add("KeyValues", new VectorDataViewType(TextDataViewType.Instance, names.Length),
            (ref VBuffer<ReadOnlyMemory<char>> destination) => destination = new VBuffer<ReadOnlyMemory<char>>(values.Length, [.. values]));
        return builder.ToAnnotations();
    }

    private static string[] Read<T>(DataViewSchema.Annotations annotations, string name)
    {
        VBuffer<T> values = default;
        annotations.GetValue(name, ref values);
        return [.. values.DenseValues().Select(v => string.Create(CultureInfo.InvariantCulture, $"{v}"))];
    }

    private static string[] Indices(int count) => [.. Enumerable.Range(0, count).Select(Index)];

    private static string Index(int index) => index.ToString(CultureInfo.InvariantCulture);
}
