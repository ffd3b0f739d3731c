using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace MLTransfer.Audio;

/// <summary>The bytes of a wav file's data as numbers.</summary>
internal static class WavSamples
{
    // 2^-n is exact, so the product is the quotient.
    private const float Per8 = 1f / (1 << 7);
    private const float Per16 = 1f / (1 << 15);
    private const float Per24 = 1f / (1 << 23);
    private const float Per32 = 1f / (1L << 31);

    /// <summary>One channel.</summary>
    /// <param name="data">Begins with the channel's first sample.</param>
    /// <param name="format">How samples are stored.</param>
    /// <param name="destination">As many samples as are wanted.</param>
    public static void Read(ReadOnlySpan<byte> data, in WavFormat format, Span<float> destination)
    {
        int step = format.BlockSize;
        if (BitConverter.IsLittleEndian && format is { ChannelCount: 1, IsFloat: false, Bits: 16 })
        {
            TensorPrimitives.ConvertChecked(MemoryMarshal.Cast<byte, short>(data)[..destination.Length], destination);
            TensorPrimitives.Multiply(destination, Per16, destination);
            return;
        }
        switch (format.IsFloat, format.Bits)
        {
            case (false, 8):
                // The one size that is stored without a sign.
                for (int i = 0; i < destination.Length; i++)
                    destination[i] = (data[i * step] - 128) * Per8;
                break;
            case (false, 16):
                for (int i = 0; i < destination.Length; i++)
                    destination[i] = BinaryPrimitives.ReadInt16LittleEndian(data[(i * step)..]) * Per16;
                break;
            case (false, 24):
                for (int i = 0; i < destination.Length; i++)
                    destination[i] = (data[i * step] | data[i * step + 1] << 8 | (sbyte)data[i * step + 2] << 16) * Per24;
                break;
            case (false, 32):
                for (int i = 0; i < destination.Length; i++)
                    destination[i] = BinaryPrimitives.ReadInt32LittleEndian(data[(i * step)..]) * Per32;
                break;
            case (true, 32):
                for (int i = 0; i < destination.Length; i++)
                    destination[i] = BinaryPrimitives.ReadSingleLittleEndian(data[(i * step)..]);
                break;
            default:
                for (int i = 0; i < destination.Length; i++)
                    destination[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(data[(i * step)..]);
                break;
        }
    }

    /// <summary>Makes what <see cref="Read"/> filled the mean of itself and a second channel.</summary>
    public static void Average(ReadOnlySpan<byte> data, in WavFormat format, Span<float> destination)
    {
        const int Block = 1024;
        Span<float> second = stackalloc float[Block];
        for (int start = 0; start < destination.Length; start += Block)
        {
            Span<float> part = destination[start..Math.Min(start + Block, destination.Length)];
            Span<float> other = second[..part.Length];
            Read(data[(start * format.BlockSize)..], format, other);
            // Halves first: the sum of two large floats could overflow.
            TensorPrimitives.Multiply(part, 0.5f, part);
            TensorPrimitives.MultiplyAdd(other, 0.5f, part, part);
        }
    }

    /// <summary>The index of the first number that is infinite or none, else −1.</summary>
    public static int IndexOfNotFinite(ReadOnlySpan<float> samples)
    {
        // The maximum of magnitudes is NaN where one number is, and infinite where one is.
        if (samples.IsEmpty || float.IsFinite(TensorPrimitives.MaxMagnitude(samples)))
            return -1;
        for (int i = 0; i < samples.Length; i++)
        {
            if (!float.IsFinite(samples[i]))
                return i;
        }
        return -1;
    }
}
