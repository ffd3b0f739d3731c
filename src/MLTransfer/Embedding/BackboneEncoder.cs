using System.Collections.Immutable;
using System.Numerics.Tensors;
using System.Runtime.ExceptionServices;
using MLTransfer.Backbones;
using MLTransfer.Features;
using MLTransfer.Internal;
using MLTransfer.Onnx.Sessions;
using MLTransfer.Schema;

namespace MLTransfer.Embedding;

/// <summary>
/// The way of a window through a backbone: known rows come from the cache, equal rows run once, the rest is prepared in parallel, sorted by length, packed, run, pooled and
/// put back in order. A modality says how rows are read, prepared and written into the graph's inputs.
/// </summary>
internal abstract class BackboneEncoder : WindowEncoder
{
    // Below this, waking other threads costs more than preparing the rows here.
    private const int ParallelRows = 16;

    private readonly SessionHolder _holder;
    private readonly byte[] _fingerprint;
    private readonly string[] _inputNames;
    private readonly List<PackRunner> _runners = [];
    private readonly Dictionary<FeatureKey, int> _firstSlot = [];
    private readonly List<int> _packEnds = [];
    private FeatureBlock[]?[] _results = [];
    private FeatureKey[] _keys = [];
    private int[] _missing = [];
    private int[] _lengths = [];
    private byte[] _content = new byte[256];
    private bool _disposed;

    protected BackboneEncoder(EmbeddingPlan plan, SessionHolder holder, ImmutableArray<string> inputNames, string preprocessing)
    {
        Plan = plan;
        _holder = holder;
        SessionLease lease = holder.Take();
        OnnxSession session = lease.Session;
        _fingerprint = plan.Fingerprint(session, preprocessing);
        _inputNames = [.. inputNames];
        holder.Return(lease);
    }

    protected EmbeddingPlan Plan { get; }

    /// <summary>Whether only rows of equal length may share a run, because padding would change their values.</summary>
    protected abstract bool EqualLengthsOnly { get; }

    public sealed override void Encode(int count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Reserve(count);
        SessionLease lease = _holder.Take();
        try
        {
            int missing = FindKnown(count);
            if (missing > 0)
            {
                Prepare(_missing.AsSpan(0, missing).ToArray());
                RunMissing(lease.Session, missing);
            }
        }
        finally
        {
            _holder.Return(lease);
        }
        for (int slot = 0; slot < count; slot++)
            _results[slot] ??= _results[_firstSlot[_keys[slot]]];
    }

    public sealed override FeatureBlock Output(int slot, int output) => _results[slot]![output];

    public override void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _holder.Dispose();
    }

    /// <summary>Bytes that <see cref="WriteContent"/> needs at most.</summary>
    protected abstract int ContentSize(int slot);

    /// <summary>Writes the slot's content for its hash and returns how many bytes it took.</summary>
    protected abstract int WriteContent(int slot, Span<byte> destination);

    /// <summary>Prepares a slot (tokenises it) and returns its length. Called for different slots at the same time.</summary>
    protected abstract int Prepare(int slot);

    /// <summary>The buffers of one worker.</summary>
    protected abstract PackInputs CreateInputs();

    /// <summary>The length that a run of rows up to this one is padded to: itself, or what the graph fixes.</summary>
    protected virtual int PaddedLength(int longest) => longest;

    /// <summary>Tokens of a slot that count, of those the graph delivered.</summary>
    protected virtual int CountedTokens(int slot, int delivered) => delivered;

    /// <summary>Sets slots that hold a known or repeated row, and lists the others in <see cref="_missing"/>.</summary>
    private int FindKnown(int count)
    {
        _firstSlot.Clear();
        int missing = 0;
        for (int slot = 0; slot < count; slot++)
        {
            _keys[slot] = Key(slot);
            _results[slot] = null;
            if (_firstSlot.TryGetValue(_keys[slot], out _))
            {
                Plan.Cache.CountSharedRow();
                continue;
            }
            _firstSlot.Add(_keys[slot], slot);
            if ((_results[slot] = Plan.Cache.Find(_keys[slot])) is null)
                _missing[missing++] = slot;
        }
        return missing;
    }

    private FeatureKey Key(int slot)
    {
        int size = _fingerprint.Length + ContentSize(slot);
        if (_content.Length < size)
            _content = new byte[Math.Max(size, 2 * _content.Length)];
        _fingerprint.CopyTo(_content, 0);
        int written = WriteContent(slot, _content.AsSpan(_fingerprint.Length));
        return FeatureKey.Of(_content.AsSpan(0, _fingerprint.Length + written));
    }

    private void Prepare(int[] slots)
    {
        if (slots.Length >= ParallelRows)
        {
            InParallel(slots.Length, i => _lengths[slots[i]] = Prepare(slots[i]));
            return;
        }
        foreach (int slot in slots)
            _lengths[slot] = Prepare(slot);
    }

    private void RunMissing(OnnxSession session, int missing)
    {
        Span<int> slots = _missing.AsSpan(0, missing);
        // By length, then by place: equal windows give equal packs.
        slots.Sort((a, b) => _lengths[a] != _lengths[b] ? _lengths[a].CompareTo(_lengths[b]) : a.CompareTo(b));
        int[] lengths = new int[missing];
        for (int i = 0; i < missing; i++)
            lengths[i] = PaddedLength(_lengths[slots[i]]);
        // A pack for every worker, at least, where there are few rows.
        int workers = session.WorkerCount;
        long share = (lengths.Sum(l => (long)l) + workers - 1) / workers;
        PackPlanner.Plan(lengths, (int)Math.Min(Plan.ElementBudget(session), Math.Max(share, lengths[^1])), Plan.RowLimit, EqualLengthsOnly, _packEnds);
        workers = Math.Min(workers, _packEnds.Count);
        while (_runners.Count < workers)
            _runners.Add(new PackRunner(session, _inputNames, Plan.Backbone.Card.FeatureOutput, CreateInputs()));

        // The longest first, so that no worker is left alone with one at the end. Which worker takes a pack changes no value.
        int next = _packEnds.Count;
        int[] order = slots.ToArray();
        InParallel(workers, worker =>
        {
            for (int pack; (pack = Interlocked.Decrement(ref next)) >= 0;)
            {
                int start = pack == 0 ? 0 : _packEnds[pack - 1];
                int end = _packEnds[pack];
                _runners[worker].Run(session, order.AsSpan(start, end - start), lengths[end - 1], Collect);
            }
        });
    }

    private static void InParallel(int count, Action<int> action)
    {
        if (count == 1)
        {
            action(0);
            return;
        }
        try
        {
            Parallel.For(0, count, action);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private void Collect(ReadOnlySpan<int> slots, long[] shape, ReadOnlySpan<float> values)
    {
        int dimension = Plan.Backbone.Dimension;
        if (shape.Length is not (2 or 3) || shape[0] != slots.Length || shape[^1] != dimension)
            throw Throw.OutputShape(Plan.Backbone.Name, Plan.Backbone.Card.FeatureOutput, slots.Length, dimension, shape);
        int delivered = shape.Length == 3 ? (int)shape[1] : 1;
        int rowSize = delivered * dimension;
        for (int row = 0; row < slots.Length; row++)
        {
            int slot = slots[row];
            int tokenCount = CountedTokens(slot, delivered);
            ReadOnlySpan<float> tokens = values.Slice(row * rowSize, shape.Length == 3 ? tokenCount * dimension : dimension);
            var blocks = new FeatureBlock[Plan.Outputs.Length];
            for (int i = 0; i < blocks.Length; i++)
                blocks[i] = Block(tokens, tokenCount, Plan.Outputs[i]);
            _results[slot] = blocks;
            Plan.Cache.Add(_keys[slot], blocks);
        }
    }

    private FeatureBlock Block(ReadOnlySpan<float> tokens, int tokenCount, PlannedOutput output)
    {
        if (output.Pooling == Pooling.None)
        {
            if (Plan.Options.SequencePrecision == SequencePrecision.Float32)
                return new FeatureBlock(tokens.ToArray(), tokenCount);
            var half = new Half[tokens.Length];
            TensorPrimitives.ConvertToHalf(tokens, half);
            return new FeatureBlock(half, tokenCount);
        }
        float[] vector = new float[output.Dimension];
        if (output.Pooling == Pooling.Graph)
            tokens[..output.Dimension].CopyTo(vector);
        else
            Pooler.Pool(tokens, tokenCount, Plan.Backbone.Dimension, output.Pooling, vector);
        if (output.Normalize)
            Pooler.Normalize(vector);
        return new FeatureBlock(vector);
    }

    private void Reserve(int count)
    {
        if (_results.Length >= count)
            return;
        Array.Resize(ref _results, count);
        Array.Resize(ref _keys, count);
        Array.Resize(ref _missing, count);
        Array.Resize(ref _lengths, count);
    }
}
