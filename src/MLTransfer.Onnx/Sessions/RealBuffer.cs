using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Sessions;

/// <summary>
/// A reused tensor of real numbers that is written and read as float32, whatever the graph's own type is: float16 and bfloat16 are converted on the way in and out (rounded to
/// nearest, ties to even). Not thread-safe. Nothing to dispose.
/// </summary>
/// <param name="type">The graph's type; one that <see cref="Supports"/> knows.</param>
internal sealed class RealBuffer(TensorElementType type)
{
    private readonly PinnedBuffer<float> _floats = new();
    private readonly PinnedBuffer<Float16>? _halves = type == TensorElementType.Float16 ? new() : null;
    private readonly PinnedBuffer<BFloat16>? _brains = type == TensorElementType.BFloat16 ? new() : null;

    /// <summary>The numbers: write them before <see cref="AsInput"/>, read them after <see cref="ReadBack"/>.</summary>
    public Span<float> Span => _floats.Span;

    public static bool Supports(TensorElementType type) => type is TensorElementType.Float or TensorElementType.Float16 or TensorElementType.BFloat16;

    /// <summary>Sets the length; the contents are undefined afterwards.</summary>
    public void Resize(int length) => _floats.Resize(length);

    /// <summary>A tensor of the numbers in <see cref="Span"/>. The caller disposes it.</summary>
    /// <param name="shape">Its product must be the length.</param>
    public OrtValue AsInput(long[] shape)
    {
        OrtValue tensor = AsOutput(shape);
        if (_halves is not null)
            TensorPrimitives.ConvertToHalf(_floats.Span, MemoryMarshal.Cast<Float16, Half>(_halves.Span));
        else if (_brains is not null)
            Shorten(_floats.Span, MemoryMarshal.Cast<BFloat16, ushort>(_brains.Span));
        return tensor;
    }

    /// <summary>A tensor for a run to write to; then call <see cref="ReadBack"/>. The caller disposes it.</summary>
    /// <inheritdoc cref="AsInput"/>
    public OrtValue AsOutput(long[] shape)
    {
        int length = _floats.Span.Length;
        _halves?.Resize(length);
        _brains?.Resize(length);
        return _halves?.AsTensor(shape) ?? _brains?.AsTensor(shape) ?? _floats.AsTensor(shape);
    }

    /// <summary>Brings what a run wrote into <see cref="Span"/>.</summary>
    public void ReadBack()
    {
        if (_halves is not null)
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<Float16, Half>(_halves.Span), _floats.Span);
        else if (_brains is not null)
            Lengthen(MemoryMarshal.Cast<BFloat16, ushort>(_brains.Span), _floats.Span);
    }

    /// <summary>Copies a tensor that ONNX Runtime made into <see cref="Span"/>, which takes its length.</summary>
    public void CopyFrom(OrtValue tensor)
    {
        OrtTensorTypeAndShapeInfo info = tensor.GetTensorTypeAndShape();
        Resize(checked((int)info.ElementCount));
        switch (info.ElementDataType)
        {
            case TensorElementType.Float:
                tensor.GetTensorDataAsSpan<float>().CopyTo(Span);
                break;
            case TensorElementType.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<Float16, Half>(tensor.GetTensorDataAsSpan<Float16>()), Span);
                break;
            case TensorElementType.BFloat16:
                Lengthen(MemoryMarshal.Cast<BFloat16, ushort>(tensor.GetTensorDataAsSpan<BFloat16>()), Span);
                break;
            default:
                throw Throw.NotReal(info.ElementDataType);
        }
    }

    private static void Lengthen(ReadOnlySpan<ushort> brains, Span<float> floats)
    {
        for (int i = 0; i < brains.Length; i++)
            floats[i] = BitConverter.UInt32BitsToSingle((uint)brains[i] << 16);
    }

    private static void Shorten(ReadOnlySpan<float> floats, Span<ushort> brains)
    {
        for (int i = 0; i < floats.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(floats[i]);
            // Rounding could carry a NaN's last bits over into the sign; the quiet bit keeps it a NaN.
            brains[i] = float.IsNaN(floats[i]) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
        }
    }
}
