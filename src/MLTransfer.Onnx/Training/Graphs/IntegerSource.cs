using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>Integers of rows from a store of real numbers, which holds integers up to 2²⁴ exactly: token ids, masks. Shorter rows are followed by zeros.</summary>
/// <param name="InputName">The graph's input.</param>
/// <param name="Type">Int64, Int32 or Bool.</param>
/// <param name="Store">The numbers.</param>
/// <param name="Sizes">The axes behind the rows; null for the open one.</param>
internal sealed record IntegerSource(string InputName, OnnxElementType Type, IRowStore Store, ImmutableArray<int?> Sizes) : IRowSource
{
    public RowTensor CreateTensor() => Type switch
    {
        OnnxElementType.Int64 => new Tensor<long>(this, v => (long)v),
        OnnxElementType.Int32 => new Tensor<int>(this, v => (int)v),
        _ => new Tensor<bool>(this, v => v != 0),
    };

    private sealed class Tensor<T>(IntegerSource source, Func<float, T> convert) : RowTensor
        where T : unmanaged
    {
        private readonly StableBuffer<T> _buffer = new();
        private readonly long[] _shape = [0, .. source.Sizes.Select(s => (long)(s ?? 0))];
        private readonly int _open = source.Sizes.IndexOf(null);
        private readonly int _fixed = source.Sizes.Aggregate(1, (product, size) => product * (size ?? 1));

        // Parts of a row in front of the open axis, each of which is padded.
        private readonly int _outer = source.Sizes.TakeWhile(s => s is not null).Aggregate(1, (product, size) => product * size!.Value);
        private float[] _row = [];

        public override OrtValue Fill(ReadOnlySpan<int> rows, int longest, in StepInfo step)
        {
            int size = _fixed;
            if (_open >= 0)
            {
                int padded = 0;
                foreach (int row in rows)
                    padded = Math.Max(padded, source.Store.CountOf(row) / _fixed);
                _shape[_open + 1] = padded;
                size *= padded;
            }
            _shape[0] = rows.Length;
            bool isSame = _buffer.Resize(rows.Length * size);
            _buffer.Span.Clear();
            for (int i = 0; i < rows.Length; i++)
            {
                int count = source.Store.CountOf(rows[i]);
                if (_row.Length < count)
                    _row = new float[count];
                source.Store.CopyTo(rows[i], _row);
                int outer = _open < 0 ? 1 : _outer;
                int length = count / outer, stride = size / outer;
                for (int j = 0; j < count; j++)
                    _buffer.Span[i * size + j / length * stride + j % length] = convert(_row[j]);
            }
            return Over(_buffer, isSame, _shape);
        }
    }
}
