using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MLTransfer.Images;

/// <summary>
/// The two passes with 256-bit registers. Two taps share one multiplication: each weight is split into two halves of 16 bits, whose sums are joined at the end; as all sums are
/// exact integers, the result is that of <see cref="ResizePassesPortable"/>.
/// </summary>
internal static unsafe class ResizePassesAvx2
{
    private const int Half = 1 << (ResizeWeights.PrecisionBits - 1);

    /// <summary>Each row by itself, for rows first to first + target.Height of the source.</summary>
    public static void Horizontal(PixelView source, int firstRow, ResizeWeights weights, PixelView target)
    {
        // Red of two pixels side by side as 16-bit numbers, then green, blue and the unused byte; pixels 0 and 1 in the lower half, 2 and 3 in the upper.
        Vector256<byte> spread = Vector256.Create(
            (byte)0, 255, 4, 255, 1, 255, 5, 255, 2, 255, 6, 255, 3, 255, 7, 255,
            8, 255, 12, 255, 9, 255, 13, 255, 10, 255, 14, 255, 11, 255, 15, 255);
        Vector256<int> chooseHigh = Vector256.Create(0, 0, 0, 0, 1, 1, 1, 1);
        Vector256<int> chooseLow = Vector256.Create(2, 2, 2, 2, 3, 3, 3, 3);
        fixed (int* starts = weights.Starts, counts = weights.Counts, pairs = weights.Pairs)
        {
            int y = 0;
            for (; y + 1 < target.Height; y += 2)
            {
                byte* row0 = source.Row(firstRow + y);
                byte* row1 = source.Row(firstRow + y + 1);
                uint* out0 = (uint*)target.Row(y);
                uint* out1 = (uint*)target.Row(y + 1);
                for (int x = 0; x < target.Width; x++)
                {
                    byte* from0 = row0 + 4 * (nint)starts[x];
                    byte* from1 = row1 + 4 * (nint)starts[x];
                    int* pair = pairs + (nint)x * weights.Stride;
                    Vector256<int> high0 = default, low0 = default, high1 = default, low1 = default;
                    for (int tap = 0; tap < counts[x]; tap += 4)
                    {
                        Vector256<int> weight = Avx2.BroadcastVector128ToVector256(pair + tap);
                        Vector256<short> weightHigh = Avx2.PermuteVar8x32(weight, chooseHigh).AsInt16();
                        Vector256<short> weightLow = Avx2.PermuteVar8x32(weight, chooseLow).AsInt16();
                        Vector256<short> pixels0 = Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(from0 + 4 * tap), spread).AsInt16();
                        Vector256<short> pixels1 = Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(from1 + 4 * tap), spread).AsInt16();
                        high0 += Avx2.MultiplyAddAdjacent(pixels0, weightHigh);
                        low0 += Avx2.MultiplyAddAdjacent(pixels0, weightLow);
                        high1 += Avx2.MultiplyAddAdjacent(pixels1, weightHigh);
                        low1 += Avx2.MultiplyAddAdjacent(pixels1, weightLow);
                    }
                    out0[x] = Pixel(high0, low0);
                    out1[x] = Pixel(high1, low1);
                }
            }
            if (y < target.Height)
            {
                byte* row = source.Row(firstRow + y);
                uint* output = (uint*)target.Row(y);
                for (int x = 0; x < target.Width; x++)
                {
                    byte* from = row + 4 * (nint)starts[x];
                    int* pair = pairs + (nint)x * weights.Stride;
                    Vector256<int> high = default, low = default;
                    for (int tap = 0; tap < counts[x]; tap += 4)
                    {
                        Vector256<int> weight = Avx2.BroadcastVector128ToVector256(pair + tap);
                        Vector256<short> pixels = Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(from + 4 * tap), spread).AsInt16();
                        high += Avx2.MultiplyAddAdjacent(pixels, Avx2.PermuteVar8x32(weight, chooseHigh).AsInt16());
                        low += Avx2.MultiplyAddAdjacent(pixels, Avx2.PermuteVar8x32(weight, chooseLow).AsInt16());
                    }
                    output[x] = Pixel(high, low);
                }
            }
        }
    }

    /// <summary>Each column by itself; the source's first row is row <paramref name="firstRow"/> of the picture that the weights speak of. Rows of the target lie close.</summary>
    public static void Vertical(PixelView source, int firstRow, ResizeWeights weights, PixelView target)
    {
        nint rowBytes = (nint)4 * target.Width;
        fixed (int* pairs = weights.Pairs)
        {
            for (int y = 0; y < target.Height; y++)
            {
                byte* top = source.Row(weights.Starts[y] - firstRow);
                byte* output = target.Row(y);
                int count = weights.Counts[y];
                int* pair = pairs + (nint)y * weights.Stride;
                // The last block reaches past the row: into the next one, which is written later, or into the slack of the buffer.
                for (nint x = 0; x < rowBytes; x += 32)
                    Block(top + x, source.Stride, pair, count).Store(output + x);
            }
        }
    }

    private static Vector256<byte> Block(byte* column, nint stride, int* pairs, int count)
    {
        Vector256<int> high0 = default, high1 = default, high2 = default, high3 = default;
        Vector256<int> low0 = default, low1 = default, low2 = default, low3 = default;
        for (int tap = 0; tap < count; tap += 2)
        {
            // Pairs lie as High, High, Low, Low of four taps.
            int* pair = pairs + (tap & ~3) + ((tap & 2) >> 1);
            Vector256<short> weightHigh = Vector256.Create(pair[0]).AsInt16();
            Vector256<short> weightLow = Vector256.Create(pair[2]).AsInt16();
            byte* earlier = column + tap * stride;
            Vector256<byte> first = Vector256.Load(earlier);
            // The partner of a last odd tap has weight zero.
            Vector256<byte> second = tap + 1 < count ? Vector256.Load(earlier + stride) : first;
            Vector256<byte> lower = Avx2.UnpackLow(first, second);
            Vector256<byte> upper = Avx2.UnpackHigh(first, second);
            Vector256<short> pixels0 = Avx2.UnpackLow(lower, Vector256<byte>.Zero).AsInt16();
            Vector256<short> pixels1 = Avx2.UnpackHigh(lower, Vector256<byte>.Zero).AsInt16();
            Vector256<short> pixels2 = Avx2.UnpackLow(upper, Vector256<byte>.Zero).AsInt16();
            Vector256<short> pixels3 = Avx2.UnpackHigh(upper, Vector256<byte>.Zero).AsInt16();
            high0 += Avx2.MultiplyAddAdjacent(pixels0, weightHigh);
            low0 += Avx2.MultiplyAddAdjacent(pixels0, weightLow);
            high1 += Avx2.MultiplyAddAdjacent(pixels1, weightHigh);
            low1 += Avx2.MultiplyAddAdjacent(pixels1, weightLow);
            high2 += Avx2.MultiplyAddAdjacent(pixels2, weightHigh);
            low2 += Avx2.MultiplyAddAdjacent(pixels2, weightLow);
            high3 += Avx2.MultiplyAddAdjacent(pixels3, weightHigh);
            low3 += Avx2.MultiplyAddAdjacent(pixels3, weightLow);
        }
        return Avx2.PackUnsignedSaturate(
            Avx2.PackSignedSaturate(Join(high0, low0), Join(high1, low1)),
            Avx2.PackSignedSaturate(Join(high2, low2), Join(high3, low3)));
    }

    private static Vector256<int> Join(Vector256<int> high, Vector256<int> low) =>
        ((high << ResizeWeights.LowBits) + low + Vector256.Create(Half)) >> ResizeWeights.PrecisionBits;

    private static uint Pixel(Vector256<int> high, Vector256<int> low)
    {
        Vector256<int> both = (high << ResizeWeights.LowBits) + low;
        Vector128<int> sum = (both.GetLower() + both.GetUpper() + Vector128.Create(Half)) >> ResizeWeights.PrecisionBits;
        Vector128<short> narrow = Sse2.PackSignedSaturate(sum, sum);
        return Sse2.PackUnsignedSaturate(narrow, narrow).AsUInt32().ToScalar();
    }
}
