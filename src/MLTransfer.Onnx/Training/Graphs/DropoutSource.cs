using Microsoft.ML.OnnxRuntime;

namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>
/// Dropout as a factor [rows, width] that the graph multiplies by: 0 with the given rate, else 1 / (1 − rate). The number of a unit depends on the seed, the layer, the epoch and the row
/// alone, so that neither batches nor threads change it.
/// </summary>
/// <param name="InputName">The graph's input.</param>
/// <param name="Width">Units.</param>
/// <param name="Rate">The share that is dropped, above 0 and below 1.</param>
/// <param name="Layer">Which of the model's dropouts this is.</param>
/// <param name="IsTraining">False for evaluation: all factors are 1.</param>
/// <remarks>Reference: Srivastava et al. (2014), "Dropout: a simple way to prevent neural networks from overfitting" (inverted form).</remarks>
internal sealed record DropoutSource(string InputName, int Width, double Rate, int Layer, bool IsTraining) : IRowSource
{
    public RowTensor CreateTensor() => new Tensor(this);

    private sealed class Tensor(DropoutSource source) : RowTensor
    {
        // Rows of one epoch and layer have neighbouring indices; epochs and layers are far apart.
        private const long RowsApart = 1L << 32;

        private readonly StableBuffer<float> _buffer = new();
        private readonly long[] _shape = [0, source.Width];

        public override OrtValue Fill(ReadOnlySpan<int> rows, int longest, in StepInfo step)
        {
            int width = source.Width;
            bool isSame = _buffer.Resize(rows.Length * width);
            float kept = (float)(1 / (1 - source.Rate));
            for (int i = 0; i < rows.Length; i++)
            {
                Span<float> row = _buffer.Span.Slice(i * width, width);
                if (!source.IsTraining)
                {
                    row.Fill(1);
                    continue;
                }
                var random = new CounterRandom(step.Seed, RandomStream.Dropout, (((long)step.Epoch << 8) + source.Layer) * RowsApart + rows[i]);
                for (int k = 0; k < width; k++)
                    row[k] = random.Uniform(k) < source.Rate ? 0 : kept;
            }
            _shape[0] = rows.Length;
            return Over(_buffer, isSame, _shape);
        }
    }
}
