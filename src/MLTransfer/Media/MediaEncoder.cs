using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.ML;
using MLTransfer.Embedding;
using MLTransfer.Features;
using MLTransfer.Internal;

namespace MLTransfer.Media;

/// <summary>Files and bytes through a backbone. Rows that cannot be read are errors of their own, which hold up no other row.</summary>
internal abstract class MediaEncoder : BackboneEncoder
{
    // Enough packs for every worker of a processor; few enough that the shared pool, which keeps 32 arrays of a size for each core, has room for all their files. An accelerator
    // takes 64 pictures a run, and the next 64 are decoded meanwhile.
    private const int RowsPerWorker = 32;
    private const int LeastRows = 64;
    private const int RowsOfAccelerator = 256;
    private const long BytesPerWindow = 64L << 20;
    private const int RowsLogged = 10;

    private readonly MediaStep _step;
    private readonly FeatureMaker _maker;
    private MediaSlot[] _slots = [];
    private MediaSource? _source;
    private DataViewRow? _row;
    private long _windowBytes;
    private long _errorCount;

    protected MediaEncoder(MediaStep step, SessionHolder session, ImmutableArray<string> inputNames)
        : base(step.Plan, session, inputNames, step.Preprocessing)
    {
        _step = step;
        _maker = new FeatureMaker(step.Plan);
    }

    protected sealed override bool IsRowCostly => true;

    public sealed override void Bind(DataViewRow row)
    {
        _row = row;
        DataViewSchema.Column column = row.Schema[_step.MediaOptions.InputColumnName];
        _source = MediaSource.Of(row, column, _step.MediaOptions) ?? _step.CreateSource(row, column);
    }

    public sealed override void Read(int slot)
    {
        if (slot == 0)
            _windowBytes = 0;
        if (slot >= _slots.Length)
            Grow(Math.Max(slot + 1, 2 * _slots.Length));
        MediaSlot target = _slots[slot];
        target.Row = _row!.Position;
        _source!.Read(target);
        _windowBytes += target.Size;
    }

    public sealed override bool HasRoom(int count) =>
        count < (WorkerCount == 1 ? RowsOfAccelerator : Math.Max(LeastRows, RowsPerWorker * WorkerCount)) && _windowBytes < BytesPerWindow;

    public sealed override bool IsLeftOut(int slot) => _step.LeavesRowsOut && HasFailed(slot);

    public override void Dispose()
    {
        foreach (MediaSlot slot in _slots)
            slot.Release();
        if (_errorCount > RowsLogged)
            Plan.Warn($"{_errorCount} rows in all could not be read; the first {RowsLogged} are named above.");
        _errorCount = 0;
        base.Dispose();
    }

    /// <summary>The content of a loaded slot.</summary>
    protected MediaSlot Slot(int slot) => _slots[slot];

    protected sealed override void HashContent(int slot, Span<byte> hash)
    {
        _source!.Load(_slots[slot]);
        SHA256.HashData(_slots[slot].Content, hash);
    }

    protected override void Release(int count)
    {
        for (int slot = 0; slot < count; slot++)
            _slots[slot].Release();
    }

    protected sealed override bool IsRowError(Exception exception) => exception is InvalidDataException or FormatException or IOException or UnauthorizedAccessException;

    protected sealed override FeatureBlock Unreadable(int slot, int output, Exception error) => _step.MediaOptions.OnError == RowErrorPolicy.NaN
        ? _maker.MakeNaN(Plan.Outputs[output]) : throw Throw.RowUnreadable(Describe(slot, error), error);

    protected sealed override void Report(int slot, Exception error)
    {
        if (_step.MediaOptions.OnError == RowErrorPolicy.Throw)
            return;
        RowError row = Describe(slot, error);
        _step.MediaOptions.RowErrors?.Report(row);
        if (++_errorCount <= RowsLogged)
            Plan.Warn(Throw.Describe(row) + (_step.LeavesRowsOut ? " The row is left out." : " Its features are not-a-number."));
    }

    /// <summary>Called when there are more slots than before.</summary>
    protected virtual void Grow(int count)
    {
        int known = _slots.Length;
        Array.Resize(ref _slots, count);
        for (int i = known; i < count; i++)
            _slots[i] = new MediaSlot();
    }

    private RowError Describe(int slot, Exception error) =>
        new(Plan.Step, _step.MediaOptions.InputColumnName, _slots[slot].Row, _slots[slot].Path, error.Message);
}
