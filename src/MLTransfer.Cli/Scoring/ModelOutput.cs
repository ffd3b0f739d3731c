using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Scoring;

/// <summary>A column that a model delivers, as a column of a table.</summary>
internal abstract class ModelOutput(DataViewSchema.Column source, TableColumn column)
{
    /// <summary>The model's column.</summary>
    public DataViewSchema.Column Source { get; } = source;

    /// <summary>The table's column.</summary>
    public TableColumn Column { get; } = column;

    /// <summary>Room for values of some rows.</summary>
    /// <param name="rowCount">How many.</param>
    public abstract Buffer Reserve(int rowCount);

    /// <summary>Makes one for a column.</summary>
    /// <exception cref="ArgumentException">No table holds values of its type.</exception>
    public static ModelOutput Of(DataViewSchema.Column column) => column.Type switch
    {
        TextDataViewType => new Scalar<ReadOnlyMemory<char>, string?>(column, ColumnKind.Text, text => text.ToString()),
        BooleanDataViewType => new Scalar<bool, bool?>(column, ColumnKind.Flag, v => v),
        KeyDataViewType when column.Type.RawType == typeof(uint) => new Scalar<uint, string?>(column, ColumnKind.Text, KeyNames(column)),
        VectorDataViewType { IsKnownSize: true } vector when vector.ItemType == NumberDataViewType.Single => new Vector(column, vector.Size),
        _ when column.Type is not KeyDataViewType && column.Type.RawType == typeof(float) => new Scalar<float, float?>(column, ColumnKind.Single, v => v),
        _ when column.Type is not KeyDataViewType && column.Type.RawType == typeof(double) => new Scalar<double, double?>(column, ColumnKind.Real, v => v),
        _ when column.Type.RawType == typeof(sbyte) && column.Type is NumberDataViewType => new Scalar<sbyte, long?>(column, ColumnKind.Whole, v => v),
        _ when column.Type.RawType == typeof(byte) && column.Type is NumberDataViewType => new Scalar<byte, long?>(column, ColumnKind.Whole, v => v),
        _ when column.Type.RawType == typeof(short) && column.Type is NumberDataViewType => new Scalar<short, long?>(column, ColumnKind.Whole, v => v),
        _ when column.Type.RawType == typeof(ushort) && column.Type is NumberDataViewType => new Scalar<ushort, long?>(column, ColumnKind.Whole, v => v),
        _ when column.Type.RawType == typeof(int) && column.Type is NumberDataViewType => new Scalar<int, long?>(column, ColumnKind.Whole, v => v),
        _ when column.Type.RawType == typeof(uint) && column.Type is NumberDataViewType => new Scalar<uint, long?>(column, ColumnKind.Whole, v => v),
        _ when column.Type.RawType == typeof(long) && column.Type is NumberDataViewType => new Scalar<long, long?>(column, ColumnKind.Whole, v => v),
        _ => throw new ArgumentException(
            $"The model's column '{column.Name}' is {column.Type}, which no table holds: numbers, truth values, texts, keys with names and vectors of as many single-precision numbers in every row are written. Choose others with --columns."),
    };

    /// <summary>Whether a table can hold a column.</summary>
    public static bool IsSupported(DataViewSchema.Column column)
    {
        try
        {
            Of(column);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static Func<uint, string?> KeyNames(DataViewSchema.Column column)
    {
        if (!column.HasKeyValues() || ((VectorDataViewType)column.Annotations.Schema["KeyValues"].Type).ItemType is not TextDataViewType)
            throw new ArgumentException($"The model's column '{column.Name}' is a key whose values have no names. Choose others with --columns.");
        VBuffer<ReadOnlyMemory<char>> values = default;
        column.GetKeyValues(ref values);
        string[] names = [.. values.DenseValues().Select(v => v.ToString())];
        // Zero stands for no value.
        return key => key == 0 ? null : names[key - 1];
    }

    private static string[]? SlotNames(DataViewSchema.Column column, int width)
    {
        if (!column.HasSlotNames())
            return null;
        VBuffer<ReadOnlyMemory<char>> values = default;
        column.GetSlotNames(ref values);
        string[] names = [.. values.DenseValues().Select(v => v.ToString())];
        // A number alone names a slot as well as "Features[0]" does.
        bool isNumbered = names.Index().All(n => n.Item == $"{column.Name}[{n.Index}]");
        return !isNumbered && names.Length == width && names.All(n => n.Length > 0) && names.Distinct(StringComparer.Ordinal).Count() == width ? names : null;
    }

    /// <summary>Values of rows that follow each other.</summary>
    internal abstract class Buffer
    {
        /// <summary>Reads from a cursor's current row from now on.</summary>
        public abstract void Bind(DataViewRowCursor cursor);

        /// <summary>Reads the current row's value into a place.</summary>
        public abstract void Read(int place);

        /// <summary>The values at some places, in ascending order, as a table holds them; of all places, the buffer itself, which is not used again then.</summary>
        public abstract Array Take(ReadOnlySpan<int> places);
    }

    private sealed class Scalar<TIn, TOut>(DataViewSchema.Column source, ColumnKind kind, Func<TIn, TOut> convert) : ModelOutput(source, new TableColumn(source.Name, kind))
    {
        public override Buffer Reserve(int rowCount) => new Values(Source, convert, new TOut[rowCount]);

        private sealed class Values(DataViewSchema.Column source, Func<TIn, TOut> convert, TOut[] values) : Buffer
        {
            private ValueGetter<TIn>? _getter;
            private TIn _value = default!;

            public override void Bind(DataViewRowCursor cursor) => _getter = cursor.GetGetter<TIn>(cursor.Schema[source.Index]);

            public override void Read(int place)
            {
                _getter!(ref _value);
                values[place] = convert(_value);
            }

            public override Array Take(ReadOnlySpan<int> places)
            {
                if (places.Length == values.Length)
                    return values;
                var taken = new TOut[places.Length];
                for (int i = 0; i < taken.Length; i++)
                    taken[i] = values[places[i]];
                return taken;
            }
        }
    }

    private sealed class Vector(DataViewSchema.Column source, int width) : ModelOutput(source, new TableColumn(source.Name, ColumnKind.Vector, width, SlotNames(source, width)))
    {
        public override Buffer Reserve(int rowCount) => new Values(Source, width, new float[(long)rowCount * width]);

        private sealed class Values(DataViewSchema.Column source, int width, float[] values) : Buffer
        {
            private ValueGetter<VBuffer<float>>? _getter;
            private VBuffer<float> _value;

            public override void Bind(DataViewRowCursor cursor) => _getter = cursor.GetGetter<VBuffer<float>>(cursor.Schema[source.Index]);

            public override void Read(int place)
            {
                _getter!(ref _value);
                _value.CopyTo(values.AsSpan(place * width, width));
            }

            public override Array Take(ReadOnlySpan<int> places)
            {
                // A second copy of a megabyte for each block would be garbage that is collected late.
                if (places.Length * width == values.Length)
                    return values;
                var taken = new float[(long)places.Length * width];
                for (int i = 0; i < places.Length; i++)
                    values.AsSpan(places[i] * width, width).CopyTo(taken.AsSpan(i * width));
                return taken;
            }
        }
    }
}
