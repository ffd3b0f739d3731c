using System.Numerics;

namespace MLTransfer.Audio;

/// <summary>The memory that computing a front end needs, for one thread at a time: it grows to the largest use and stays.</summary>
internal sealed class AudioWorkspace
{
    private Vector<double>[] _frame = [];
    private Vector<double>[] _transform = [];
    private float[] _features = [];
    private float[] _samples = [];

    /// <summary>One frame of each lane.</summary>
    public Span<Vector<double>> Frame(int count) => Grown(ref _frame, count);

    /// <summary>What a Fourier transform works on.</summary>
    public Span<Vector<double>> Transform(int count) => Grown(ref _transform, count);

    /// <summary>Features before they find their place.</summary>
    public Span<float> Features(int count) => Grown(ref _features, count);

    /// <summary>For whoever feeds a front end: samples, as a resampler writes them.</summary>
    public Span<float> Samples(int count) => Grown(ref _samples, count);

    private static Span<T> Grown<T>(ref T[] array, int count)
    {
        if (array.Length < count)
            array = new T[(int)Math.Min(Array.MaxLength, BitOperations.RoundUpToPowerOf2((uint)count))];
        return array.AsSpan(0, count);
    }
}
