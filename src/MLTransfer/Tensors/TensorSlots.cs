using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Internal;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Tensors;

/// <summary>The values of one input for the rows of a window.</summary>
internal abstract class TensorSlots(TensorInputPlan plan)
{
    public TensorInputPlan Plan { get; } = plan;

    public static TensorSlots Create(TensorInputPlan plan) => plan.ItemType.RawType switch
    {
        var t when t == typeof(float) => new TensorSlots<float>(plan),
        var t when t == typeof(double) => new TensorSlots<double>(plan),
        var t when t == typeof(int) => new TensorSlots<int>(plan),
        _ => new TensorSlots<long>(plan),
    };

    public abstract void Bind(DataViewRow row);

    public abstract void Read(int slot);

    public abstract int Length(int slot);

    public abstract int ContentSize(int slot);

    /// <summary>The length, then the values: so that two columns cannot trade numbers and keep their key.</summary>
    public abstract int WriteContent(int slot, Span<byte> destination);

    /// <summary>A buffer that one worker runs rows from.</summary>
    public abstract TensorBuffer CreateBuffer();
}

/// <summary>A reused buffer over the rows of <see cref="TensorSlots"/>. One worker's, not thread-safe.</summary>
internal abstract class TensorBuffer
{
    /// <summary>A tensor of these rows, all of the same length.</summary>
    public abstract OrtValue Fill(ReadOnlySpan<int> rows);
}

internal sealed class TensorSlots<T>(TensorInputPlan plan) : TensorSlots(plan)
    where T : unmanaged
{
    private VBuffer<T>[] _values = new VBuffer<T>[8];
    private ValueGetter<VBuffer<T>>? _getter;
    private ValueGetter<T>? _scalar;
    private DataViewRow? _row;

    public override void Bind(DataViewRow row)
    {
        _row = row;
        DataViewSchema.Column column = row.Schema[Plan.Column];
        if (column.Type is VectorDataViewType)
            _getter = row.GetGetter<VBuffer<T>>(column);
        else
            _scalar = row.GetGetter<T>(column);
    }

    public override void Read(int slot)
    {
        if (slot >= _values.Length)
            Array.Resize(ref _values, Math.Max(slot + 1, 2 * _values.Length));
        ref VBuffer<T> value = ref _values[slot];
        if (_getter is not null)
        {
            _getter(ref value);
        }
        else
        {
            VBufferEditor<T> editor = VBufferEditor.Create(ref value, 1);
            _scalar!(ref editor.Values[0]);
            value = editor.Commit();
        }
        Check(value.Length);
    }

    public override int Length(int slot) => _values[slot].Length;

    public override unsafe int ContentSize(int slot) => sizeof(int) + _values[slot].Length * sizeof(T);

    public override int WriteContent(int slot, Span<byte> destination)
    {
        int length = _values[slot].Length;
        MemoryMarshal.Write(destination, length);
        Span<byte> values = destination[sizeof(int)..ContentSize(slot)];
        _values[slot].CopyTo(MemoryMarshal.Cast<byte, T>(values));
        return sizeof(int) + values.Length;
    }

    public override TensorBuffer CreateBuffer() => new Buffer(this);

    private void Check(int length)
    {
        if (length == 0)
            throw Throw.VectorEmpty(Plan.Column, Plan.Port.Name, _row!.Position);
        if (Plan.IsVariable ? length % Plan.FixedSize != 0 : length != Plan.FixedSize)
        {
            throw Plan.IsVariable ? Throw.VectorNotMultiple(Plan.Column, Plan.Port.Name, length, Plan.FixedSize, _row!.Position)
                : Throw.VectorRowSize(Plan.Column, Plan.Port.Name, length, Plan.FixedSize, _row!.Position);
        }
    }

    private sealed class Buffer(TensorSlots<T> slots) : TensorBuffer
    {
        private readonly PinnedBuffer<T> _buffer = new();

        public override OrtValue Fill(ReadOnlySpan<int> rows)
        {
            int length = slots._values[rows[0]].Length;
            _buffer.Resize(rows.Length * length);
            for (int row = 0; row < rows.Length; row++)
                slots._values[rows[row]].CopyTo(_buffer.Span.Slice(row * length, length));
            return _buffer.AsTensor(slots.Plan.Shape(rows.Length, length / slots.Plan.FixedSize));
        }
    }
}
