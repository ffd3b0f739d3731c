using System.Text;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace MLTransfer.Cli.Tables;

/// <summary>Values of a column that wait for their row group to be full.</summary>
internal abstract class ParquetColumn
{
    /// <summary>The type that a column is written as.</summary>
    public static IArrowType TypeOf(TableColumn column) => column.Kind switch
    {
        ColumnKind.Text => StringType.Default,
        ColumnKind.Whole => Int64Type.Default,
        ColumnKind.Real => DoubleType.Default,
        ColumnKind.Single => FloatType.Default,
        ColumnKind.Flag => BooleanType.Default,
        _ => new FixedSizeListType(new Field("element", FloatType.Default, nullable: false), column.Width),
    };

    public static ParquetColumn Of(TableColumn column) => column.Kind switch
    {
        ColumnKind.Text => new Texts(),
        ColumnKind.Whole => new Scalars<long, Int64Array, Int64Array.Builder>(),
        ColumnKind.Real => new Scalars<double, DoubleArray, DoubleArray.Builder>(),
        ColumnKind.Single => new Scalars<float, FloatArray, FloatArray.Builder>(),
        ColumnKind.Flag => new Flags(),
        _ => new Vectors(column),
    };

    /// <summary>Appends a row of a batch's array. Returns the bytes that it takes; at least 1.</summary>
    public abstract long Append(System.Array values, int row);

    /// <summary>All that was appended. The column is empty then; its own buffers stay, for new ones would be garbage of megabytes each time.</summary>
    public abstract IArrowArray Take();

    private sealed class Texts : ParquetColumn
    {
        private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

        private readonly StringArray.Builder _builder = new();
        private byte[] _bytes = new byte[1024];

        public override long Append(System.Array values, int row)
        {
            if (((string?[])values)[row] is not string text)
            {
                _builder.AppendNull();
                return sizeof(int);
            }
            int maximum = Utf8.GetMaxByteCount(text.Length);
            if (maximum > _bytes.Length)
                _bytes = new byte[maximum];
            int count = Utf8.GetBytes(text, _bytes);
            _builder.Append(_bytes.AsSpan(0, count));
            return sizeof(int) + count;
        }

        public override IArrowArray Take()
        {
            StringArray array = _builder.Build();
            _builder.Clear();
            return array;
        }
    }

    private sealed class Scalars<T, TArray, TBuilder> : ParquetColumn
        where T : struct
        where TArray : IArrowArray
        where TBuilder : PrimitiveArrayBuilder<T, TArray, TBuilder>, new()
    {
        private readonly TBuilder _builder = new();

        public override long Append(System.Array values, int row)
        {
            _ = ((T?[])values)[row] is T value ? _builder.Append(value) : _builder.AppendNull();
            return System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
        }

        public override IArrowArray Take()
        {
            TArray array = _builder.Build(null);
            _builder.Clear();
            return array;
        }
    }

    private sealed class Flags : ParquetColumn
    {
        private readonly BooleanArray.Builder _builder = new();

        public override long Append(System.Array values, int row)
        {
            _ = ((bool?[])values)[row] is bool value ? _builder.Append(value) : _builder.AppendNull();
            return 1;
        }

        public override IArrowArray Take()
        {
            BooleanArray array = _builder.Build();
            _builder.Clear();
            return array;
        }
    }

    private sealed class Vectors(TableColumn column) : ParquetColumn
    {
        private readonly ArrowBuffer.Builder<float> _values = new();

        public override long Append(System.Array values, int row)
        {
            _values.Append(((float[])values).AsSpan(row * column.Width, column.Width));
            return sizeof(float) * column.Width;
        }

        public override IArrowArray Take()
        {
            int count = _values.Length;
            var numbers = new FloatArray(_values.Build(), ArrowBuffer.Empty, count, 0, 0);
            _values.Clear();
            return new FixedSizeListArray(TypeOf(column), count / column.Width, numbers, ArrowBuffer.Empty, 0, 0);
        }
    }
}
