using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using MLTransfer.Features;
using MLTransfer.Onnx.Sessions;
using MLTransfer.Schema;

namespace MLTransfer.Embedding;

/// <summary>
/// The way of a window through a backbone: known rows come from the cache, equal rows run once, the rest is prepared in parallel, cut into pieces where a row is long, sorted by
/// length, packed, run, pooled and put back in order. A modality says how rows are read, prepared and written into the graph's inputs. A row that cannot be read holds up no
/// other.
/// </summary>
internal abstract partial class BackboneEncoder : WindowEncoder
{
    // Below this, waking other threads costs more than preparing the rows here.
    private const int ParallelRows = 16;

    private readonly SessionHolder _holder;
    private readonly string[] _inputNames;
    private readonly byte[] _fingerprint;
    private readonly PackScheduler _scheduler;
    private readonly FeatureMaker _maker;
    private readonly Dictionary<FeatureKey, int> _firstSlot = [];
    private FeatureBlock[]?[] _results = [];
    private Exception?[] _errors = [];
    private PieceTokens?[] _tokens = [];
    private FeatureKey[] _keys = [];
    private int[] _missing = [];
    private bool _disposed;

    protected BackboneEncoder(EmbeddingPlan plan, SessionHolder holder, ImmutableArray<string> inputNames, string preprocessing)
    {
        Plan = plan;
        _holder = holder;
        _inputNames = [.. inputNames];
        _maker = new FeatureMaker(plan);
        SessionLease lease = holder.Take();
        _fingerprint = plan.Fingerprint(lease.Session, preprocessing);
        WorkerCount = lease.Session.WorkerCount;
        holder.Return(lease);
        _scheduler = new PackScheduler();
    }

    protected EmbeddingPlan Plan { get; }

    /// <summary>Packs that run at a time.</summary>
    protected int WorkerCount { get; }

    /// <summary>Whether only rows of equal length may share a run, because padding would change their values.</summary>
    protected abstract bool EqualLengthsOnly { get; }

    /// <summary>Whether loading, hashing and writing a row into the inputs is work worth all cores: decoding, not copying.</summary>
    protected virtual bool IsRowCostly => false;

    /// <summary>Pieces that share a run at most, where rows do not see each other.</summary>
    protected virtual int PiecesPerRun => int.MaxValue;

    public sealed override void Encode(int count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Reserve(count);
        SessionLease lease = _holder.Take();
        try
        {
            ForEachSlot(count, IsRowCostly ? 2 : int.MaxValue, slot => Try(slot, () => _keys[slot] = Key(slot)));
            int missing = FindKnown(count);
            if (missing > 0)
            {
                ForEachSlot(missing, ParallelRows, i => Try(_missing[i], () => Prepare(_missing[i])));
                RunMissing(lease.Session, missing);
            }
        }
        finally
        {
            _holder.Return(lease);
            Release(count);
        }
        for (int slot = 0; slot < count; slot++)
            TakeFromFirst(slot);
        ReportErrors(count);
    }

    public sealed override FeatureBlock Output(int slot, int output)
    {
        if (_errors[slot] is Exception error)
            return Unreadable(slot, output, error);
        return _results[slot]![output];
    }

    public override void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _holder.Dispose();
    }

    /// <summary>The hash of what a slot holds, after it was loaded. Called for different slots at the same time where rows are costly. May fail for the row.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="hash">32 bytes.</param>
    protected abstract void HashContent(int slot, Span<byte> hash);

    /// <summary>Prepares a slot (tokenises it, decodes it). Called for different slots at the same time. May fail for the row.</summary>
    protected abstract void Prepare(int slot);

    /// <summary>Pieces of a prepared slot.</summary>
    protected virtual int PieceCount(int slot) => 1;

    /// <summary>The length of a piece of a prepared slot, in tokens, numbers, pixels or samples.</summary>
    protected abstract int PieceLength(Piece piece);

    /// <summary>The buffers of one worker.</summary>
    /// <param name="isAlone">True where no other worker fills at the same time, so that this one may use all cores.</param>
    protected abstract PackInputs CreateInputs(bool isAlone);

    /// <summary>Elements of one run.</summary>
    protected abstract int ElementBudget(OnnxSession session);

    /// <summary>The length that a run of pieces up to this one is padded to: itself, or what the graph fixes.</summary>
    protected virtual int PaddedLength(int longest) => longest;

    /// <summary>Tokens of a piece that count, of those the graph delivered.</summary>
    protected virtual int CountedTokens(Piece piece, int delivered) => delivered;

    /// <summary>Gives back what the slots of a window held for its run.</summary>
    protected virtual void Release(int count)
    {
    }

    /// <summary>Whether an exception means that the row is bad rather than the program.</summary>
    protected virtual bool IsRowError(Exception exception) => false;

    /// <summary>What is delivered for a bad row; an error where nothing is.</summary>
    protected virtual FeatureBlock Unreadable(int slot, int output, Exception error)
    {
        ExceptionDispatchInfo.Throw(error);
        throw error;
    }

    /// <summary>Told of each bad row of a window, in order.</summary>
    protected virtual void Report(int slot, Exception error)
    {
    }

    /// <summary>A number that depends on a slot's content (and on all that its features depend on) alone, for what is drawn at random.</summary>
    protected ulong ContentSeed(int slot) => _keys[slot].D;

    /// <summary>Whether a slot's row is bad.</summary>
    protected bool HasFailed(int slot) => Volatile.Read(ref _errors[slot]) is not null;

    /// <summary>Runs a row's work and keeps its error, if it is the row's, for when the row is reached.</summary>
    private void Try(int slot, Action action)
    {
        if (HasFailed(slot))
            return;
        try
        {
            action();
        }
        catch (Exception e) when (IsRowError(e))
        {
            Fail(slot, e);
        }
    }

    /// <summary>Keeps a row's error for when the row is reached.</summary>
    protected void Fail(int slot, Exception error) => Volatile.Write(ref _errors[slot], error);

    private static void ForEachSlot(int count, int parallelFrom, Action<int> action)
    {
        if (count >= parallelFrom)
        {
            PackScheduler.InParallel(count, action);
            return;
        }
        for (int i = 0; i < count; i++)
            action(i);
    }

    private FeatureKey Key(int slot)
    {
        Span<byte> text = stackalloc byte[2 * FeatureKey.ByteCount];
        _fingerprint.CopyTo(text);
        HashContent(slot, text[FeatureKey.ByteCount..]);
        return FeatureKey.Of(text);
    }

    /// <summary>Sets slots that hold a known or repeated row, and lists the others in <see cref="_missing"/>.</summary>
    private int FindKnown(int count)
    {
        _firstSlot.Clear();
        int missing = 0;
        for (int slot = 0; slot < count; slot++)
        {
            if (HasFailed(slot))
                continue;
            if (!_firstSlot.TryAdd(_keys[slot], slot))
                Plan.Cache.CountSharedRow();
            else if ((_results[slot] = Plan.Cache.Find(_keys[slot])) is null)
                _missing[missing++] = slot;
        }
        return missing;
    }

    private void RunMissing(OnnxSession session, int missing)
    {
        var pieces = new List<PlannedPiece>(missing);
        foreach (int slot in _missing.AsSpan(0, missing))
        {
            if (HasFailed(slot))
                continue;
            int count = PieceCount(slot);
            _tokens[slot] = new PieceTokens(count);
            for (int number = 0; number < count; number++)
            {
                var piece = new Piece(slot, number);
                pieces.Add(new PlannedPiece(piece, PieceLength(piece)));
            }
        }
        if (pieces.Count == 0)
            return;
        _scheduler.Run(new PackJob
        {
            Session = session,
            Pieces = pieces,
            PaddedLength = PaddedLength,
            ElementBudget = Plan.Options.ElementsPerRun ?? ElementBudget(session),
            PiecesPerRun = Plan.OneRowAtATime ? 1 : Math.Min(PiecesPerRun, Plan.FixedBatch ?? int.MaxValue),
            EqualLengthsOnly = EqualLengthsOnly,
            FillsAhead = IsRowCostly,
            CreateRunner = isAlone => new PackRunner(session, _inputNames, Plan.Backbone.Card.FeatureOutput, CreateInputs(isAlone), Plan.FixedBatch),
            Result = Collect,
        });
    }

    private void Collect(ReadOnlySpan<Piece> pieces, long[] shape, ReadOnlySpan<float> values)
    {
        TokenShape tokens = _maker.Read(shape, pieces.Length);
        int rowSize = tokens.Count * tokens.Dimension;
        for (int i = 0; i < pieces.Length; i++)
        {
            Piece piece = pieces[i];
            if (HasFailed(piece.Slot))
                continue;
            int counted = CountedTokens(piece, tokens.Count);
            ReadOnlySpan<float> row = values.Slice(i * rowSize, rowSize);
            float[]? turned = null;
            if (tokens.ChannelsFirst && tokens.Count > 1)
            {
                turned = ArrayPool<float>.Shared.Rent(rowSize);
                FeatureMaker.Transpose(row, tokens.Dimension, tokens.Count, turned);
                row = turned.AsSpan(0, rowSize);
            }
            row = row[..(counted * tokens.Dimension)];
            // A row of one piece, the usual case, is made from the run's own memory.
            PieceTokens all = _tokens[piece.Slot]!;
            if (all.Count == 1)
                Keep(piece.Slot, row, counted, isWhole: true);
            else if (all.Add(piece.Number, row))
                Keep(piece.Slot, all.Join(), all.TokenCount(tokens.Dimension), isWhole: false);
            if (turned is not null)
                ArrayPool<float>.Shared.Return(turned);
        }
        Plan.Cache.Flush();
    }

    private void Keep(int slot, ReadOnlySpan<float> tokens, int tokenCount, bool isWhole)
    {
        FeatureBlock[] blocks = _maker.Make(tokens, tokenCount, isWhole);
        _tokens[slot] = null;
        _results[slot] = blocks;
        Plan.Cache.Add(_keys[slot], blocks);
    }

    /// <summary>A row that equals an earlier one of the window shares its features, or its error.</summary>
    private void TakeFromFirst(int slot)
    {
        if (_results[slot] is not null || HasFailed(slot))
            return;
        int first = _firstSlot[_keys[slot]];
        _results[slot] = _results[first];
        _errors[slot] = _errors[first];
    }

    private void ReportErrors(int count)
    {
        for (int slot = 0; slot < count; slot++)
        {
            if (_errors[slot] is Exception error)
                Report(slot, error);
        }
    }

    private void Reserve(int count)
    {
        if (_results.Length < count)
        {
            Array.Resize(ref _results, count);
            Array.Resize(ref _errors, count);
            Array.Resize(ref _tokens, count);
            Array.Resize(ref _keys, count);
            Array.Resize(ref _missing, count);
        }
        Array.Clear(_results, 0, count);
        Array.Clear(_errors, 0, count);
        Array.Clear(_tokens, 0, count);
    }
}
