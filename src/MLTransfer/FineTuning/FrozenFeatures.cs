using Microsoft.ML.OnnxRuntime;
using MLTransfer.Backbones;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;
using MLTransfer.Onnx.Training;
using MLTransfer.Onnx.Training.Graphs;

namespace MLTransfer.FineTuning;

/// <summary>The features of training rows before anything was trained, from what the frozen prefix made of them.</summary>
internal static class FrozenFeatures
{
    private const int RowsPerRun = 32;

    /// <summary>Features [rows, D] in the order of the rows.</summary>
    public static float[] Of(PrefixSplit split, string feature, int dimension, BackboneRows data, int[] rows, string name, string? folder)
    {
        using var session = OnnxSession.Create(ModelSource.FromMemory(split.Trained.ToBytes(), name, folder), new SessionSettings { IntraOpThreadCount = 1 }, warn: null);
        int[] lengths = [.. rows.Select(r => data.Lengths.Length == 0 ? 1 : data.Lengths[r])];
        int[] order = [.. Enumerable.Range(0, rows.Length).OrderBy(i => lengths[i])];
        List<int> ends = [];
        PackPlanner.Plan([.. order.Select(i => lengths[i])], int.MaxValue, RowsPerRun, data.EqualLengthsOnly, ends);
        float[] features = new float[rows.Length * dimension];
        int next = -1;
        Parallel.For(0, Math.Min(Environment.ProcessorCount, ends.Count), _ =>
        {
            RowTensor[] tensors = [.. data.Parts.Select(p => p.Source.CreateTensor())];
            string[] inputs = [.. data.Parts.Select(p => p.Name)];
            try
            {
                for (int pack; (pack = Interlocked.Increment(ref next)) < ends.Count;)
                {
                    int[] places = order[(pack == 0 ? 0 : ends[pack - 1])..ends[pack]];
                    int[] packed = [.. places.Select(i => rows[i])];
                    int longest = places.Max(i => lengths[i]);
                    OrtValue[] values = [.. tensors.Select(t => t.Fill(packed, longest, default(StepInfo)))];
                    using IDisposableReadOnlyCollection<OrtValue> made = session.RunAllocating(inputs, values, [feature], packed.Length);
                    ReadOnlySpan<float> all = made[0].GetTensorDataAsSpan<float>();
                    for (int i = 0; i < places.Length; i++)
                        all.Slice(i * dimension, dimension).CopyTo(features.AsSpan(places[i] * dimension));
                }
            }
            finally
            {
                foreach (RowTensor tensor in tensors)
                    tensor.Dispose();
            }
        });
        return features;
    }
}
