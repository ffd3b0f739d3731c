using System.Collections.Immutable;
using System.Numerics.Tensors;
using System.Runtime.ExceptionServices;
using Microsoft.ML.OnnxRuntime;
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
    private readonly TensorPort _output;
    private readonly string[] _outputNames;
    private readonly string[] _inputNames;
    private readonly TensorPort[] _inputPorts;
    private readonly OrtValue[] _inputs;
    private readonly OrtValue[] _outputs = new OrtValue[1];
    private readonly PinnedBuffer<float> _outputBuffer = new();
    private readonly SymbolTable _symbols = new();
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
        _outputNames = [plan.Backbone.Card.FeatureOutput];
        _output = session.Outputs.First(o => o.Name == _outputNames[0]);
        _inputNames = [.. inputNames];
        _inputPorts = [.. inputNames.Select(name => session.Inputs.First(i => i.Name == name))];
        _inputs = new OrtValue[_inputNames.Length];
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

    /// <summary>Writes the inputs of a run, in the order of the input names, each of <paramref name="rows"/> rows padded to <paramref name="longest"/>.</summary>
    protected abstract void Fill(ReadOnlySpan<int> rows, int longest, OrtValue[] inputs);

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
        if (slots.Length < ParallelRows)
        {
            foreach (int slot in slots)
                _lengths[slot] = Prepare(slot);
            return;
        }
        try
        {
            Parallel.For(0, slots.Length, i => _lengths[slots[i]] = Prepare(slots[i]));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private void RunMissing(OnnxSession session, int missing)
    {
        Span<int> slots = _missing.AsSpan(0, missing);
        // By length, then by place: equal windows give equal packs.
        slots.Sort((a, b) => _lengths[a] != _lengths[b] ? _lengths[a].CompareTo(_lengths[b]) : a.CompareTo(b));
        int[] lengths = new int[missing];
        for (int i = 0; i < missing; i++)
            lengths[i] = PaddedLength(_lengths[slots[i]]);
        PackPlanner.Plan(lengths, Plan.ElementBudget(session), Plan.RowLimit, EqualLengthsOnly, _packEnds);
        int start = 0;
        foreach (int end in _packEnds)
        {
            RunPack(session, slots[start..end], lengths[end - 1]);
            start = end;
        }
    }

    private void RunPack(OnnxSession session, ReadOnlySpan<int> slots, int longest)
    {
        try
        {
            Fill(slots, longest, _inputs);
            _symbols.Clear();
            for (int i = 0; i < _inputs.Length; i++)
                _symbols.Bind(_inputPorts[i], _inputs[i].GetTensorTypeAndShape().Shape);
            long[]? promised = _symbols.Resolve(_output);
            if (promised is not null && session.KeepsPromise(_output.Name) == true)
            {
                _outputBuffer.Resize(checked((int)TensorPrimitives.Product<long>(promised)));
                using OrtValue output = _outputBuffer.AsTensor(promised);
                _outputs[0] = output;
                session.Run(_inputNames, _inputs, _outputNames, _outputs, slots.Length);
                Collect(slots, promised, _outputBuffer.Span);
                return;
            }
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.RunAllocating(_inputNames, _inputs, _outputNames, slots.Length);
            long[] delivered = outputs[0].GetTensorTypeAndShape().Shape;
            // One row of one token cannot tell a right promise from a wrong one.
            if (promised is not null && longest > 1)
                session.RecordPromise(_output.Name, delivered.AsSpan().SequenceEqual(promised));
            Collect(slots, delivered, outputs[0].GetTensorDataAsSpan<float>());
        }
        finally
        {
            foreach (OrtValue? input in _inputs)
                input?.Dispose();
            Array.Clear(_inputs);
        }
    }

    private void Collect(ReadOnlySpan<int> slots, long[] shape, ReadOnlySpan<float> values)
    {
        int dimension = Plan.Backbone.Dimension;
        if (shape.Length is not (2 or 3) || shape[0] != slots.Length || shape[^1] != dimension)
            throw Throw.OutputShape(Plan.Backbone.Name, _output.Name, slots.Length, dimension, shape);
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
