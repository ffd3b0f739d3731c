using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Schema;

/// <summary>The values of one pass-through column for the rows of a window.</summary>
internal abstract class ColumnSlots
{
    private static readonly MethodInfo CreateScalarMethod = Generic(nameof(CreateScalar));
    private static readonly MethodInfo CreateVectorMethod = Generic(nameof(CreateVector));

    /// <summary>Copies the input's current value into a slot.</summary>
    public abstract void Read(int slot);

    /// <summary>True for values that can be copied: numbers, keys, text, times and vectors of them. False for values that own something, such as images.</summary>
    public static bool CanHold(DataViewType type) => type is VectorDataViewType vector ? vector.ItemType is PrimitiveDataViewType : type is PrimitiveDataViewType;

    public static ColumnSlots Create(DataViewRow input, DataViewSchema.Column column)
    {
        MethodInfo method = column.Type is VectorDataViewType vector
            ? CreateVectorMethod.MakeGenericMethod(vector.ItemType.RawType) : CreateScalarMethod.MakeGenericMethod(column.Type.RawType);
        return (ColumnSlots)method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [input, column], null)!;
    }

    private static ScalarSlots<T> CreateScalar<T>(DataViewRow input, DataViewSchema.Column column) => new(input.GetGetter<T>(column));

    private static VectorSlots<T> CreateVector<T>(DataViewRow input, DataViewSchema.Column column) => new(input.GetGetter<VBuffer<T>>(column));

    private static MethodInfo Generic(string name) => typeof(ColumnSlots).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!;
}

/// <summary>Slots of one type of value.</summary>
internal abstract class ColumnSlots<T>(ValueGetter<T> input) : ColumnSlots
{
    private T[] _values = new T[8];

    public override void Read(int slot)
    {
        if (slot >= _values.Length)
            Array.Resize(ref _values, 2 * _values.Length);
        input(ref _values[slot]);
    }

    public void CopyTo(int slot, ref T destination) => Copy(in _values[slot], ref destination);

    protected abstract void Copy(in T source, ref T destination);
}

internal sealed class ScalarSlots<T>(ValueGetter<T> input) : ColumnSlots<T>(input)
{
    protected override void Copy(in T source, ref T destination) => destination = source;
}

internal sealed class VectorSlots<T>(ValueGetter<VBuffer<T>> input) : ColumnSlots<VBuffer<T>>(input)
{
    // A vector handed out must not share the slot's buffer, which the next window overwrites.
    protected override void Copy(in VBuffer<T> source, ref VBuffer<T> destination) => source.CopyTo(ref destination);
}
