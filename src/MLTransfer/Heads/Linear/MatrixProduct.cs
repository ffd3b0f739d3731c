using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MLTransfer.Heads.Linear;

/// <summary>
/// C[m, n] = Σ_p A(m, p) · B[p, n] for tiles of C, on one thread. A is addressed by two strides, so the same kernel multiplies by a matrix and by its transpose.
/// The order of additions for an element of C depends on the number of terms alone, never on which thread computes it or how tiles are cut.
/// </summary>
internal static unsafe class MatrixProduct
{
    private const int RowBlock = 4;
    private const int NarrowRowBlock = 8;

    /// <param name="a">A(m, p) stands at a[m·aRow + p·aTerm].</param>
    /// <param name="aRow">Step of m.</param>
    /// <param name="aTerm">Step of p.</param>
    /// <param name="rows">Number of m.</param>
    /// <param name="terms">Number of p.</param>
    /// <param name="b">B[p, n] stands at b[p·bStride + n].</param>
    /// <param name="bStride">Step of p in B.</param>
    /// <param name="vectors">Columns of the tile, in whole vectors of <see cref="AlignedMatrix.Width"/>.</param>
    /// <param name="c">C[m, n] stands at c[m·cStride + n]; overwritten.</param>
    /// <param name="cStride">Step of m in C.</param>
    public static void Multiply(float* a, nint aRow, nint aTerm, int rows, int terms, float* b, nint bStride, int vectors, float* c, nint cStride)
    {
        int width = AlignedMatrix.Width;
        int wide = AlignedMatrix.HasWideVectors ? 4 : 2;
        int v = 0;
        for (; v + wide <= vectors; v += wide)
        {
            for (int m = 0; m < rows; m += RowBlock)
            {
                int count = Math.Min(RowBlock, rows - m);
                if (AlignedMatrix.HasWideVectors)
                    Wide512(a + m * aRow, aRow, aTerm, count, terms, b + v * width, bStride, c + m * cStride + v * width, cStride);
                else
                    WidePortable(a + m * aRow, aRow, aTerm, count, terms, b + v * width, bStride, c + m * cStride + v * width, cStride);
            }
        }
        for (; v < vectors; v++)
        {
            for (int m = 0; m < rows; m += NarrowRowBlock)
            {
                int count = Math.Min(NarrowRowBlock, rows - m);
                if (AlignedMatrix.HasWideVectors)
                    Narrow512(a + m * aRow, aRow, aTerm, count, terms, b + v * width, bStride, c + m * cStride + v * width, cStride);
                else
                    NarrowPortable(a + m * aRow, aRow, aTerm, count, terms, b + v * width, bStride, c + m * cStride + v * width, cStride);
            }
        }
    }

    // Rows beyond count read the last valid row again and are not stored: cheaper than a kernel for each remainder.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide512(float* a, nint aRow, nint aTerm, int count, int terms, float* b, nint bStride, float* c, nint cStride)
    {
        float* a0 = a;
        float* a1 = a + Math.Min(1, count - 1) * aRow;
        float* a2 = a + Math.Min(2, count - 1) * aRow;
        float* a3 = a + Math.Min(3, count - 1) * aRow;
        Vector512<float> c00 = default, c01 = default, c02 = default, c03 = default;
        Vector512<float> c10 = default, c11 = default, c12 = default, c13 = default;
        Vector512<float> c20 = default, c21 = default, c22 = default, c23 = default;
        Vector512<float> c30 = default, c31 = default, c32 = default, c33 = default;
        for (int p = 0; p < terms; p++)
        {
            Vector512<float> b0 = Vector512.Load(b);
            Vector512<float> b1 = Vector512.Load(b + 16);
            Vector512<float> b2 = Vector512.Load(b + 32);
            Vector512<float> b3 = Vector512.Load(b + 48);
            Vector512<float> x = Vector512.Create(*a0);
            c00 = Avx512F.FusedMultiplyAdd(x, b0, c00);
            c01 = Avx512F.FusedMultiplyAdd(x, b1, c01);
            c02 = Avx512F.FusedMultiplyAdd(x, b2, c02);
            c03 = Avx512F.FusedMultiplyAdd(x, b3, c03);
            x = Vector512.Create(*a1);
            c10 = Avx512F.FusedMultiplyAdd(x, b0, c10);
            c11 = Avx512F.FusedMultiplyAdd(x, b1, c11);
            c12 = Avx512F.FusedMultiplyAdd(x, b2, c12);
            c13 = Avx512F.FusedMultiplyAdd(x, b3, c13);
            x = Vector512.Create(*a2);
            c20 = Avx512F.FusedMultiplyAdd(x, b0, c20);
            c21 = Avx512F.FusedMultiplyAdd(x, b1, c21);
            c22 = Avx512F.FusedMultiplyAdd(x, b2, c22);
            c23 = Avx512F.FusedMultiplyAdd(x, b3, c23);
            x = Vector512.Create(*a3);
            c30 = Avx512F.FusedMultiplyAdd(x, b0, c30);
            c31 = Avx512F.FusedMultiplyAdd(x, b1, c31);
            c32 = Avx512F.FusedMultiplyAdd(x, b2, c32);
            c33 = Avx512F.FusedMultiplyAdd(x, b3, c33);
            b += bStride;
            a0 += aTerm;
            a1 += aTerm;
            a2 += aTerm;
            a3 += aTerm;
        }
        Store512(c, c00, c01, c02, c03);
        if (count > 1)
            Store512(c + cStride, c10, c11, c12, c13);
        if (count > 2)
            Store512(c + 2 * cStride, c20, c21, c22, c23);
        if (count > 3)
            Store512(c + 3 * cStride, c30, c31, c32, c33);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store512(float* c, Vector512<float> v0, Vector512<float> v1, Vector512<float> v2, Vector512<float> v3)
    {
        v0.Store(c);
        v1.Store(c + 16);
        v2.Store(c + 32);
        v3.Store(c + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow512(float* a, nint aRow, nint aTerm, int count, int terms, float* b, nint bStride, float* c, nint cStride)
    {
        nint r1 = Math.Min(1, count - 1) * aRow, r2 = Math.Min(2, count - 1) * aRow, r3 = Math.Min(3, count - 1) * aRow, r4 = Math.Min(4, count - 1) * aRow;
        nint r5 = Math.Min(5, count - 1) * aRow, r6 = Math.Min(6, count - 1) * aRow, r7 = Math.Min(7, count - 1) * aRow;
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        for (int p = 0; p < terms; p++)
        {
            Vector512<float> b0 = Vector512.Load(b);
            c0 = Avx512F.FusedMultiplyAdd(Vector512.Create(*a), b0, c0);
            c1 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[r1]), b0, c1);
            c2 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[r2]), b0, c2);
            c3 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[r3]), b0, c3);
            c4 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[r4]), b0, c4);
            c5 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[r5]), b0, c5);
            c6 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[r6]), b0, c6);
            c7 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[r7]), b0, c7);
            b += bStride;
            a += aTerm;
        }
        Span<Vector512<float>> sums = [c0, c1, c2, c3, c4, c5, c6, c7];
        for (int i = 0; i < count; i++)
            sums[i].Store(c + i * cStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WidePortable(float* a, nint aRow, nint aTerm, int count, int terms, float* b, nint bStride, float* c, nint cStride)
    {
        int width = Vector<float>.Count;
        float* a0 = a;
        float* a1 = a + Math.Min(1, count - 1) * aRow;
        float* a2 = a + Math.Min(2, count - 1) * aRow;
        float* a3 = a + Math.Min(3, count - 1) * aRow;
        Vector<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        for (int p = 0; p < terms; p++)
        {
            Vector<float> b0 = Vector.Load(b);
            Vector<float> b1 = Vector.Load(b + width);
            Vector<float> x = new(*a0);
            c00 = Add(x, b0, c00);
            c01 = Add(x, b1, c01);
            x = new(*a1);
            c10 = Add(x, b0, c10);
            c11 = Add(x, b1, c11);
            x = new(*a2);
            c20 = Add(x, b0, c20);
            c21 = Add(x, b1, c21);
            x = new(*a3);
            c30 = Add(x, b0, c30);
            c31 = Add(x, b1, c31);
            b += bStride;
            a0 += aTerm;
            a1 += aTerm;
            a2 += aTerm;
            a3 += aTerm;
        }
        Span<Vector<float>> sums = [c00, c01, c10, c11, c20, c21, c30, c31];
        for (int i = 0; i < count; i++)
        {
            sums[2 * i].Store(c + i * cStride);
            sums[2 * i + 1].Store(c + i * cStride + width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void NarrowPortable(float* a, nint aRow, nint aTerm, int count, int terms, float* b, nint bStride, float* c, nint cStride)
    {
        nint r1 = Math.Min(1, count - 1) * aRow, r2 = Math.Min(2, count - 1) * aRow, r3 = Math.Min(3, count - 1) * aRow, r4 = Math.Min(4, count - 1) * aRow;
        nint r5 = Math.Min(5, count - 1) * aRow, r6 = Math.Min(6, count - 1) * aRow, r7 = Math.Min(7, count - 1) * aRow;
        Vector<float> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        for (int p = 0; p < terms; p++)
        {
            Vector<float> b0 = Vector.Load(b);
            c0 = Add(new(*a), b0, c0);
            c1 = Add(new(a[r1]), b0, c1);
            c2 = Add(new(a[r2]), b0, c2);
            c3 = Add(new(a[r3]), b0, c3);
            c4 = Add(new(a[r4]), b0, c4);
            c5 = Add(new(a[r5]), b0, c5);
            c6 = Add(new(a[r6]), b0, c6);
            c7 = Add(new(a[r7]), b0, c7);
            b += bStride;
            a += aTerm;
        }
        Span<Vector<float>> sums = [c0, c1, c2, c3, c4, c5, c6, c7];
        for (int i = 0; i < count; i++)
            sums[i].Store(c + i * cStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Add(Vector<float> x, Vector<float> y, Vector<float> sum) =>
#if NET9_0_OR_GREATER
        Vector.FusedMultiplyAdd(x, y, sum);
#else
        x * y + sum;
#endif
}
