using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>
/// Runs a training graph forwards over rows: their mean loss and predictions. Rows are sorted by length and packed; the packs depend on the rows alone. A loss that compares the rows of a
/// batch compares those of a pack.
/// </summary>
internal sealed class GraphEvaluation(OnnxSession session, TrainingGraph graph, ParameterLayout layout, TrainingData data, int threadCount)
{
    private const int RowsPerRun = 64;
    private const int UnitsPerRun = 2048;

    /// <summary>The mean loss over the rows' weights, and the predictions in the order of the rows.</summary>
    public unsafe (double Loss, float[] Predictions) Run(int[] rows, ReadOnlySpan<float> parameters, CancellationToken cancellationToken)
    {
        int[] order = [.. Enumerable.Range(0, rows.Length).OrderBy(i => data.LengthOf(rows[i]))];
        List<int> ends = [];
        for (int i = 0, start = 0; i < order.Length; i++)
        {
            int length = data.LengthOf(rows[order[i]]);
            bool isFull = i - start >= RowsPerRun || (i > start && (i - start + 1) * length > UnitsPerRun)
                || (data.EqualLengthsOnly && length != data.LengthOf(rows[order[start]]));
            if (isFull)
                ends.Add(start = i);
        }
        ends.Add(order.Length);
        double total = rows.Sum(r => data.Weights[r]);
        var step = new StepInfo(0, 0, 0, 0, total > 0 ? total : 1);
        float[] predictions = new float[rows.Length * data.Width];
        double[] losses = new double[ends.Count];
        var targets = new RowSource(graph.Target, data.Targets, [data.TargetWidth]);
        IEnumerable<IRowSource> sources = data.EvaluationSources.IsDefault ? data.Sources : data.EvaluationSources;
        fixed (float* address = parameters)
        {
            float* at = address;
            int length = parameters.Length;
            int next = -1;
            Parallel.For(0, Math.Min(threadCount, ends.Count), new ParallelOptions { MaxDegreeOfParallelism = threadCount }, _ =>
            {
                using var run = new BoundRun(session, graph, sources, targets);
                run.BindParameters(new ReadOnlySpan<float>(at, length), layout);
                for (int pack; (pack = Interlocked.Increment(ref next)) < ends.Count;)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    int start = pack == 0 ? 0 : ends[pack - 1];
                    int[] packed = [.. order[start..ends[pack]].Select(i => rows[i])];
                    float[] made = GC.AllocateUninitializedArray<float>(packed.Length * data.Width, pinned: true);
                    using OrtValue prediction = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, made.AsMemory(), [packed.Length, data.Width]);
                    run.BindPrediction(prediction);
                    run.Run(packed, data, step);
                    losses[pack] = run.Loss;
                    for (int i = 0; i < packed.Length; i++)
                        made.AsSpan(i * data.Width, data.Width).CopyTo(predictions.AsSpan(order[start + i] * data.Width));
                }
            });
        }
        return (losses.Sum(), predictions);
    }
}
