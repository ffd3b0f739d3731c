using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MLTransfer.Heads.Linear;

/// <summary>
/// A row-major matrix of floats whose rows start at 64-byte boundaries and are filled up with zeros to whole vectors, so that products need no special case at the edge.
/// The memory is pinned and belongs to the garbage collector.
/// </summary>
internal sealed unsafe class AlignedMatrix
{
    private const int Alignment = 64;

    /// <summary>Floats in one vector of the product kernels.</summary>
    public static readonly int Width = HasWideVectors ? Vector512<float>.Count : System.Numerics.Vector<float>.Count;

    // Held so that the pinned memory behind Pointer lives as long as the matrix.
    private readonly float[] _memory;

    public AlignedMatrix(int rows, int columns)
    {
        Rows = rows;
        Columns = columns;
        Stride = RoundUp(Math.Max(columns, 1), Math.Max(Width, Alignment / sizeof(float)));
        // Rows exactly some KiB apart would compete for the same few cache lines.
        if (Stride % 256 == 0)
            Stride += Alignment / sizeof(float);
        long length = (long)rows * Stride + Alignment / sizeof(float);
        if (length > Array.MaxLength)
            throw Internal.Throw.TooManyTrainingValues(rows, columns);
        _memory = GC.AllocateArray<float>((int)length, pinned: true);
        nint start = (nint)Unsafe(_memory);
        Pointer = (float*)((start + Alignment - 1) & ~(nint)(Alignment - 1));
    }

    /// <summary>Whether the kernels use 512-bit vectors. The second condition is false on processors that slow down for them.</summary>
    public static bool HasWideVectors => Avx512F.IsSupported && Vector512.IsHardwareAccelerated;

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Floats from one row to the next.</summary>
    public int Stride { get; }

    /// <summary>Number of columns, filled up to whole vectors.</summary>
    public int PaddedColumns => RoundUp(Columns, Width);

    public float* Pointer { get; }

    public Span<float> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows);
        return new(Pointer + (nint)row * Stride, Columns);
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    private static void* Unsafe(float[] pinned) => System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
}
