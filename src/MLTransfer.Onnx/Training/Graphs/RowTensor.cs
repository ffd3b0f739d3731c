using Microsoft.ML.OnnxRuntime;

namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>
/// Writes one input of a training graph for the rows of a run, into memory of its own that is used again. Each worker has its own; not thread-safe. The tensor given back is valid
/// until the next call and is disposed by this.
/// </summary>
internal abstract class RowTensor : IDisposable
{
    private OrtValue? _tensor;
    private long[] _shape = [];

    /// <summary>The tensor of these rows.</summary>
    /// <param name="rows">Row indices.</param>
    /// <param name="longest">The length that rows of different lengths are padded to.</param>
    /// <param name="step">Where in the run this is, for what is random.</param>
    public abstract OrtValue Fill(ReadOnlySpan<int> rows, int longest, in StepInfo step);

    public virtual void Dispose() => _tensor?.Dispose();

    /// <summary>A tensor over a buffer, the last one again where its memory and shape are the same.</summary>
    protected OrtValue Over<T>(StableBuffer<T> buffer, bool isSameMemory, ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        if (_tensor is not null && isSameMemory && shape.SequenceEqual(_shape))
            return _tensor;
        _tensor?.Dispose();
        _shape = shape.ToArray();
        return _tensor = buffer.AsTensor(_shape);
    }
}
