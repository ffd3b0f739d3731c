using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;

namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>Real numbers of rows from a store: [rows, sizes…], one of the axes open perhaps, along which shorter rows are followed by zeros.</summary>
/// <param name="InputName">The graph's input.</param>
/// <param name="Store">The numbers.</param>
/// <param name="Sizes">The axes behind the rows; null for the open one.</param>
internal sealed record RowSource(string InputName, IRowStore Store, ImmutableArray<int?> Sizes) : IRowSource
{
    public RowTensor CreateTensor() => new Tensor(this);

    private sealed class Tensor : RowTensor
    {
        private readonly RowSource _source;
        private readonly StableBuffer<float> _buffer = new();
        private readonly long[] _shape;
        private readonly int _open;
        private readonly int _outer;
        private readonly int _inner;
        private float[] _row = [];

        public Tensor(RowSource source)
        {
            _source = source;
            _open = source.Sizes.IndexOf(null);
            _shape = [0, .. source.Sizes.Select(s => (long)(s ?? 0))];
            int split = _open < 0 ? source.Sizes.Length : _open;
            _outer = source.Sizes.Take(split).Aggregate(1, (product, size) => product * size!.Value);
            _inner = source.Sizes.Skip(split + 1).Aggregate(1, (product, size) => product * size!.Value);
        }

        public override OrtValue Fill(ReadOnlySpan<int> rows, int longest, in StepInfo step)
        {
            int padded = 0;
            if (_open >= 0)
            {
                // The axis may have another unit than the rows' length: frames of samples, say.
                foreach (int row in rows)
                    padded = Math.Max(padded, _source.Store.CountOf(row) / (_outer * _inner));
                _shape[_open + 1] = padded;
            }
            int size = _open < 0 ? _outer : _outer * padded * _inner;
            _shape[0] = rows.Length;
            bool isSame = _buffer.Resize(rows.Length * size);
            for (int i = 0; i < rows.Length; i++)
            {
                Span<float> destination = _buffer.Span.Slice(i * size, size);
                int count = _source.Store.CountOf(rows[i]);
                if (count == size)
                    _source.Store.CopyTo(rows[i], destination);
                else
                    Pad(rows[i], count, destination, padded * _inner);
            }
            return Over(_buffer, isSame, _shape);
        }

        private void Pad(int row, int count, Span<float> destination, int stride)
        {
            if (_row.Length < count)
                _row = new float[count];
            _source.Store.CopyTo(row, _row.AsSpan(0, count));
            int length = count / _outer;
            for (int i = 0; i < _outer; i++)
            {
                _row.AsSpan(i * length, length).CopyTo(destination[(i * stride)..]);
                destination.Slice(i * stride + length, stride - length).Clear();
            }
        }
    }
}
