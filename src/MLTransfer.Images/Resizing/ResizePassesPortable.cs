using System.Runtime.Intrinsics;

namespace MLTransfer.Images;

/// <summary>The two passes with the 128-bit registers that every machine has.</summary>
internal static unsafe class ResizePassesPortable
{
    private const int Half = 1 << (ResizeWeights.PrecisionBits - 1);

    /// <summary>Each row by itself, for rows first to first + target.Height of the source.</summary>
    public static void Horizontal(PixelView source, int firstRow, ResizeWeights weights, PixelView target)
    {
        for (int y = 0; y < target.Height; y++)
        {
            uint* row = (uint*)source.Row(firstRow + y);
            uint* output = (uint*)target.Row(y);
            for (int x = 0; x < target.Width; x++)
            {
                uint* from = row + weights.Starts[x];
                ReadOnlySpan<int> taps = weights.Weights.AsSpan(x * weights.Stride, weights.Counts[x]);
                Vector128<int> sum = Vector128.Create(Half);
                for (int tap = 0; tap < taps.Length; tap++)
                    sum += Widen(from[tap]) * taps[tap];
                output[x] = Narrow(sum);
            }
        }
    }

    /// <summary>Each column by itself; the source's first row is row <paramref name="firstRow"/> of the picture that the weights speak of.</summary>
    public static void Vertical(PixelView source, int firstRow, ResizeWeights weights, PixelView target)
    {
        for (int y = 0; y < target.Height; y++)
        {
            byte* top = source.Row(weights.Starts[y] - firstRow);
            uint* output = (uint*)target.Row(y);
            ReadOnlySpan<int> taps = weights.Weights.AsSpan(y * weights.Stride, weights.Counts[y]);
            for (int x = 0; x < target.Width; x++)
            {
                Vector128<int> sum = Vector128.Create(Half);
                byte* from = top + (nint)4 * x;
                for (int tap = 0; tap < taps.Length; tap++, from += source.Stride)
                    sum += Widen(*(uint*)from) * taps[tap];
                output[x] = Narrow(sum);
            }
        }
    }

    private static Vector128<int> Widen(uint pixel) => Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(pixel).AsByte())).AsInt32();

    private static uint Narrow(Vector128<int> sum)
    {
        Vector128<int> pixel = Vector128.Min(Vector128.Max(sum >> ResizeWeights.PrecisionBits, Vector128<int>.Zero), Vector128.Create(255));
        Vector128<short> narrow = Vector128.Narrow(pixel, pixel);
        return Vector128.Narrow(narrow.AsUInt16(), narrow.AsUInt16()).AsUInt32().ToScalar();
    }
}
