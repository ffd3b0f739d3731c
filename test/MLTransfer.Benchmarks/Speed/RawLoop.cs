using Microsoft.ML.OnnxRuntime;
using MLTransfer.Backbones;
using MLTransfer.Benchmarks.Measuring;
using MLTransfer.Onnx.Sessions;
using MLTransfer.Text;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>
/// What a patient programmer would write over the raw session for these texts alone: tokenise all in parallel, sort, pack to the best budget of a sweep, reuse pinned
/// memory for inputs and outputs, pool. No cursors, columns, hashes or windows.
/// </summary>
internal sealed class RawLoop : IDisposable
{
    private static readonly int[] Budgets = [128, 256, 512, 768, 1024, 2048, 4096];

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly WordPieceTokenizer _tokenizer;
    private readonly BackboneCard _card;
    private readonly PinnedBuffer<long> _ids = new();
    private readonly PinnedBuffer<long> _mask = new();
    private readonly PinnedBuffer<long> _types = new();
    private readonly PinnedBuffer<float> _output = new();
    private readonly List<int> _ends = [];
    private readonly string[] _inputNames;

    public RawLoop(Backbone backbone)
    {
        using var options = new SessionOptions { EnableMemoryPattern = false };
        _session = new InferenceSession(backbone.Source.FilePath, options);
        _tokenizer = backbone.Tokenizer!;
        _card = backbone.Card;
        _inputNames = [_card.Inputs["ids"], _card.Inputs["mask"], _card.Inputs["types"]];
    }

    public int Budget { get; private set; }

    /// <summary>Takes the budget of the fastest pass, of a single graph run at a time on all threads; each is tried twice.</summary>
    public void ChooseBudget(List<LabelledText> texts, float[][] features)
    {
        Pass(texts, features, Budgets[0]);
        Budget = Budgets.MinBy(budget => Math.Min(Pass(texts, features, budget), Pass(texts, features, budget)));
    }

    public double Pass(List<LabelledText> texts, float[][] features) => Pass(texts, features, Budget);

    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
    }

    private double Pass(List<LabelledText> texts, float[][] features, int budget) => Rounds.Seconds(() =>
    {
        var tokens = new int[texts.Count][];
        var lengths = new int[texts.Count];
        Parallel.For(0, texts.Count, i =>
        {
            tokens[i] = [];
            lengths[i] = _tokenizer.Encode(texts[i].Text.AsSpan(), _card.MaximumLength!.Value, ref tokens[i]);
        });
        int[] order = [.. Enumerable.Range(0, texts.Count)];
        int[] sorted = [.. lengths];
        Array.Sort(sorted, order);
        PackPlanner.Plan(sorted, budget, int.MaxValue, equalLengthsOnly: false, _ends);
        int start = 0;
        foreach (int end in _ends)
        {
            RunPack(order.AsSpan(start, end - start), tokens, lengths, sorted[end - 1], features);
            start = end;
        }
    });

    private void RunPack(ReadOnlySpan<int> rows, int[][] tokens, int[] lengths, int longest, float[][] features)
    {
        int dimension = _card.Dimension;
        int size = rows.Length * longest;
        _ids.Resize(size);
        _mask.Resize(size);
        _types.Resize(size);
        _output.Resize(size * dimension);
        _ids.Span.Clear();
        _mask.Span.Clear();
        _types.Span.Clear();
        for (int r = 0; r < rows.Length; r++)
        {
            for (int t = 0; t < lengths[rows[r]]; t++)
            {
                _ids.Span[(r * longest) + t] = tokens[rows[r]][t];
                _mask.Span[(r * longest) + t] = 1;
            }
        }
        long[] shape = [rows.Length, longest];
        using OrtValue ids = _ids.AsTensor(shape);
        using OrtValue mask = _mask.AsTensor(shape);
        using OrtValue types = _types.AsTensor(shape);
        using OrtValue output = _output.AsTensor([rows.Length, longest, dimension]);
        _session.Run(_runOptions, _inputNames, [ids, mask, types], [_card.FeatureOutput], [output]);
        for (int r = 0; r < rows.Length; r++)
        {
            Span<float> feature = features[rows[r]];
            Pooler.Pool(_output.Span[(r * longest * dimension)..], lengths[rows[r]], dimension, Pooling.Mean, feature);
            Pooler.Normalize(feature);
        }
    }
}
