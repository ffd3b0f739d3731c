using System.Globalization;
using System.Numerics;
using Microsoft.ML.Data;
using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Scoring;

/// <summary>A column that a model reads, and the input's column it is read from.</summary>
/// <param name="Name">The model's name for it.</param>
/// <param name="Type">What the model reads.</param>
/// <param name="Source">The input's column.</param>
internal sealed record ModelInput(string Name, DataViewType Type, TableColumn Source)
{
    /// <summary>Refuses a pair of which no value could ever be read.</summary>
    /// <exception cref="ArgumentException">The kinds do not fit.</exception>
    public void Check()
    {
        bool fits = Type switch
        {
            TextDataViewType => Source.Kind == ColumnKind.Text,
            VectorDataViewType vector => vector.ItemType == NumberDataViewType.Single && vector.IsKnownSize && Source.Kind == ColumnKind.Vector && Source.Width == vector.Size,
            BooleanDataViewType => Source.Kind is ColumnKind.Flag or ColumnKind.Text,
            NumberDataViewType => Source.Kind is ColumnKind.Whole or ColumnKind.Real or ColumnKind.Single or ColumnKind.Text && IsRead(Type),
            _ => false,
        };
        if (!fits)
        {
            string found = Source.Kind == ColumnKind.Vector ? $"vectors of {Source.Width} numbers" : $"{Source.Kind}".ToLowerInvariant();
            throw new ArgumentException($"The model reads '{Name}' as {Type}, but the input's column '{Source.Name}' holds {found}. Choose another column with --column {Name}=COLUMN.");
        }
    }

    /// <summary>The values as the model reads them. Rows whose value is missing or makes no sense are told.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="column">The source's place in the batch.</param>
    /// <param name="fail">Told of a row's place and what is wrong.</param>
    public ViewColumn Convert(TableBatch batch, int column, Action<int, string> fail)
    {
        if (Type is VectorDataViewType vector)
            return new VectorColumn(Name, vector, batch.Values<float>(column));
        return Type switch
        {
            TextDataViewType => new ScalarColumn<ReadOnlyMemory<char>>(Name, Type, Texts(batch, column, fail)),
            BooleanDataViewType => new ScalarColumn<bool>(Name, Type, Flags(batch, column, fail)),
            _ when Type.RawType == typeof(float) => Numbers<float>(batch, column, fail),
            _ when Type.RawType == typeof(double) => Numbers<double>(batch, column, fail),
            _ when Type.RawType == typeof(sbyte) => Numbers<sbyte>(batch, column, fail),
            _ when Type.RawType == typeof(byte) => Numbers<byte>(batch, column, fail),
            _ when Type.RawType == typeof(short) => Numbers<short>(batch, column, fail),
            _ when Type.RawType == typeof(ushort) => Numbers<ushort>(batch, column, fail),
            _ when Type.RawType == typeof(int) => Numbers<int>(batch, column, fail),
            _ when Type.RawType == typeof(uint) => Numbers<uint>(batch, column, fail),
            _ when Type.RawType == typeof(long) => Numbers<long>(batch, column, fail),
            _ => Numbers<ulong>(batch, column, fail),
        };
    }

    private static bool IsRead(DataViewType type) => System.Type.GetTypeCode(type.RawType) is >= TypeCode.SByte and <= TypeCode.Double;

    private ReadOnlyMemory<char>[] Texts(TableBatch batch, int column, Action<int, string> fail)
    {
        string?[] values = batch.Values<string?>(column);
        var texts = new ReadOnlyMemory<char>[batch.RowCount];
        for (int row = 0; row < texts.Length; row++)
        {
            texts[row] = values[row].AsMemory();
            if (values[row] is null)
                Missing(row, fail);
        }
        return texts;
    }

    private bool[] Flags(TableBatch batch, int column, Action<int, string> fail)
    {
        var flags = new bool[batch.RowCount];
        for (int row = 0; row < flags.Length; row++)
        {
            object? value = Source.Kind == ColumnKind.Flag ? batch.Values<bool?>(column)[row] : batch.Values<string?>(column)[row];
            if (value is null or "")
                Missing(row, fail);
            else if (value is bool flag)
                flags[row] = flag;
            else if ((string)value is "1" or "0" || bool.TryParse((string)value, out _))
                flags[row] = (string)value == "1" || (bool.TryParse((string)value, out bool parsed) && parsed);
            else
                fail(row, $"column '{Source.Name}': '{Shortened((string)value)}' is neither true nor false.");
        }
        return flags;
    }

    private ScalarColumn<T> Numbers<T>(TableBatch batch, int column, Action<int, string> fail)
        where T : struct, INumber<T>
    {
        var numbers = new T[batch.RowCount];
        for (int row = 0; row < numbers.Length; row++)
        {
            object? value = batch.Values(column).GetValue(row);
            if (value is null or "")
                Missing(row, fail);
            else if (Number<T>(value) is T number)
                numbers[row] = number;
            else
                fail(row, string.Create(CultureInfo.InvariantCulture, $"column '{Source.Name}': '{Shortened($"{value}")}' is no {Type} that the model could read."));
        }
        return new ScalarColumn<T>(Name, Type, numbers);
    }

    /// <summary>The number as the model's type; null where it is none, or where the type cannot hold it. Rounding to fewer binary places is not a loss of that kind.</summary>
    private static T? Number<T>(object value)
        where T : struct, INumber<T>
    {
        try
        {
            return value switch
            {
                string text => T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T parsed) ? parsed : null,
                long whole => T.CreateChecked(whole),
                double real when typeof(T) == typeof(float) || typeof(T) == typeof(double) || double.IsInteger(real) => T.CreateChecked(real),
                float real when typeof(T) == typeof(float) || typeof(T) == typeof(double) || float.IsInteger(real) => T.CreateChecked(real),
                _ => null,
            };
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private void Missing(int row, Action<int, string> fail) => fail(row, $"column '{Source.Name}' holds nothing, and the model reads it as {Name}.");

    private static string Shortened(string text) => text.Length <= 40 ? text : $"{text[..40]}…";
}
