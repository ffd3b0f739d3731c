using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Heads;

/// <summary>Collects the labels of training rows.</summary>
internal abstract class LabelColumn
{
    /// <summary>Whether it reads a column; false where rows need no label.</summary>
    public virtual bool NeedsColumn => true;

    /// <summary>Opens the label column of a cursor.</summary>
    public abstract void Bind(DataViewRow cursor);

    /// <summary>Keeps the current row's label; false where it is missing.</summary>
    /// <param name="row">The row's number, counted from 1, for errors.</param>
    public abstract bool Read(long row);
}

/// <summary>Keys of any width as class indices.</summary>
internal sealed class KeyLabels(DataViewSchema.Column column) : LabelColumn
{
    private Func<ulong>? _key;

    public List<int> Classes { get; } = [];

    public override void Bind(DataViewRow cursor)
    {
        Type raw = column.Type.RawType;
        _key = raw == typeof(byte) ? Getter<byte>(cursor, v => v)
            : raw == typeof(ushort) ? Getter<ushort>(cursor, v => v)
            : raw == typeof(uint) ? Getter<uint>(cursor, v => v)
            : Getter<ulong>(cursor, v => v);
    }

    public override bool Read(long row)
    {
        ulong key = _key!();
        if (key == 0)
            return false;
        Classes.Add((int)(key - 1));
        return true;
    }

    private Func<ulong> Getter<T>(DataViewRow cursor, Func<T, ulong> widen) where T : struct
    {
        ValueGetter<T> getter = cursor.GetGetter<T>(column);
        return () =>
        {
            T value = default;
            getter(ref value);
            return widen(value);
        };
    }
}

/// <summary>Rows of class probabilities.</summary>
internal sealed class SoftLabels(string step, DataViewSchema.Column column) : LabelColumn
{
    // Float probabilities of many classes, rounded to a few digits in a file.
    private const double SumTolerance = 1e-3;

    private ValueGetter<VBuffer<float>>? _getter;
    private VBuffer<float> _vector;

    public int ClassCount { get; } = ((VectorDataViewType)column.Type).Size;

    public List<float> Probabilities { get; } = [];

    public override void Bind(DataViewRow cursor) => _getter = cursor.GetGetter<VBuffer<float>>(column);

    public override bool Read(long row)
    {
        _getter!(ref _vector);
        float[] values = [.. _vector.DenseValues()];
        if (values.All(float.IsNaN))
            return false;
        foreach (float value in values)
        {
            if (!(value is >= 0 and <= 1))
                throw Internal.Throw.SoftLabelRange(step, column.Name, row, value);
        }
        double sum = values.Sum(v => (double)v);
        if (Math.Abs(sum - 1) > SumTolerance)
            throw Internal.Throw.SoftLabelSum(step, column.Name, row, sum);
        foreach (float value in values)
            Probabilities.Add((float)(value / sum));
        return true;
    }
}

/// <summary>Boolean labels as 0 and 1.</summary>
internal sealed class BooleanLabels(DataViewSchema.Column column) : LabelColumn
{
    private ValueGetter<bool>? _getter;

    public List<float> Values { get; } = [];

    public override void Bind(DataViewRow cursor) => _getter = cursor.GetGetter<bool>(column);

    public override bool Read(long row)
    {
        bool value = false;
        _getter!(ref value);
        Values.Add(value ? 1 : 0);
        return true;
    }
}

/// <summary>Numbers; NaN is a missing label.</summary>
internal sealed class NumberLabels(string step, DataViewSchema.Column column, bool probabilities) : LabelColumn
{
    private ValueGetter<float>? _getter;

    public List<float> Values { get; } = [];

    public override void Bind(DataViewRow cursor) => _getter = cursor.GetGetter<float>(column);

    public override bool Read(long row)
    {
        float value = 0;
        _getter!(ref value);
        if (float.IsNaN(value))
            return false;
        if (probabilities && value is not (>= 0 and <= 1))
            throw Internal.Throw.SoftLabelRange(step, column.Name, row, value);
        if (float.IsInfinity(value))
            throw Internal.Throw.LabelInfinite(step, column.Name, row, value);
        Values.Add(value);
        return true;
    }
}

/// <summary>Vectors of yes and no, or of probabilities; a row with NaN in any place is missing.</summary>
internal sealed class LabelVectors(string step, DataViewSchema.Column column) : LabelColumn
{
    private Func<float[]>? _read;

    /// <summary>n × K.</summary>
    public List<float> Values { get; } = [];

    public override void Bind(DataViewRow cursor) => _read = ((VectorDataViewType)column.Type).ItemType is BooleanDataViewType
        ? Getter<bool>(cursor, b => b ? 1 : 0) : Getter<float>(cursor, v => v);

    public override bool Read(long row)
    {
        float[] values = _read!();
        if (Array.Exists(values, float.IsNaN))
            return false;
        foreach (float value in values)
        {
            if (value is not (>= 0 and <= 1))
                throw Internal.Throw.LabelVectorRange(step, column.Name, row, value);
        }
        Values.AddRange(values);
        return true;
    }

    private Func<float[]> Getter<T>(DataViewRow cursor, Func<T, float> convert)
    {
        ValueGetter<VBuffer<T>> getter = cursor.GetGetter<VBuffer<T>>(column);
        VBuffer<T> vector = default;
        return () =>
        {
            getter(ref vector);
            return [.. vector.DenseValues().Select(convert)];
        };
    }
}
