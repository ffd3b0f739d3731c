using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MLTransfer.Embedding;
using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;
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
    public abstract OrtValue Fill(ReadOnlySpan<Piece> pieces);
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

    public override TensorBuffer CreateBuffer() => Plan.Port.ElementType switch
    {
        OnnxElementType.Float16 => new ShortBuffer(this, TensorElementType.Float16),
        OnnxElementType.BFloat16 => new ShortBuffer(this, TensorElementType.BFloat16),
        _ => new Buffer(this),
    };

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

    /// <summary>The values of a slot.</summary>
    private ref readonly VBuffer<T> Value(Piece piece) => ref _values[piece.Slot];

    private sealed class Buffer(TensorSlots<T> slots) : TensorBuffer
    {
        private readonly PinnedBuffer<T> _buffer = new();

        public override OrtValue Fill(ReadOnlySpan<Piece> pieces)
        {
            int length = slots.Value(pieces[0]).Length;
            _buffer.Resize(pieces.Length * length);
            for (int row = 0; row < pieces.Length; row++)
                slots.Value(pieces[row]).CopyTo(_buffer.Span.Slice(row * length, length));
            return _buffer.AsTensor(slots.Plan.Shape(pieces.Length, length / slots.Plan.FixedSize));
        }
    }

    /// <summary>Single numbers into a graph that takes float16 or bfloat16.</summary>
    private sealed class ShortBuffer(TensorSlots<T> slots, TensorElementType type) : TensorBuffer
    {
        private readonly RealBuffer _buffer = new(type);

        public override OrtValue Fill(ReadOnlySpan<Piece> pieces)
        {
            int length = slots.Value(pieces[0]).Length;
            _buffer.Resize(pieces.Length * length);
            for (int row = 0; row < pieces.Length; row++)
                slots.Value(pieces[row]).CopyTo(MemoryMarshal.Cast<float, T>(_buffer.Span.Slice(row * length, length)));
            return _buffer.AsInput(slots.Plan.Shape(pieces.Length, length / slots.Plan.FixedSize));
        }
    }
}
