using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Embedding;
using MLTransfer.Internal;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Tensors;

/// <summary>Vectors through a tensor backbone, as they are. Rows of a variable axis share a run only with rows of the same length: there is no mask.</summary>
internal sealed class TensorEncoder : BackboneEncoder
{
    // Enough rows for the matrix products of small tensor models to pay, few enough for a prediction to stay prompt.
    private const int RowsPerRun = 64;
    private const int ElementsPerRun = 1 << 18;

    private readonly TensorSlots[] _inputs;
    private byte[] _content = new byte[256];
    private int[] _lengths = new int[8];

    public TensorEncoder(TensorStep step, SessionHolder session)
        : base(step.Plan, session, [.. step.Inputs.Select(i => i.Port.Name)], TensorStep.Name) =>
        _inputs = [.. step.Inputs.Select(TensorSlots.Create)];

    protected override bool EqualLengthsOnly => true;

    protected override int PiecesPerRun => RowsPerRun;

    public override void Bind(DataViewRow row)
    {
        foreach (TensorSlots input in _inputs)
            input.Bind(row);
    }

    public override void Read(int slot)
    {
        if (slot >= _lengths.Length)
            Array.Resize(ref _lengths, Math.Max(slot + 1, 2 * _lengths.Length));
        foreach (TensorSlots input in _inputs)
            input.Read(slot);
    }

    protected override void HashContent(int slot, Span<byte> hash)
    {
        int size = _inputs.Sum(i => i.ContentSize(slot));
        if (_content.Length < size)
            _content = new byte[Math.Max(size, 2 * _content.Length)];
        int written = 0;
        foreach (TensorSlots input in _inputs)
            written += input.WriteContent(slot, _content.AsSpan(written));
        SHA256.HashData(_content.AsSpan(0, written), hash);
    }

    protected override int ElementBudget(OnnxSession session) => ElementsPerRun;

    protected override void Prepare(int slot)
    {
        int elements = 0;
        int? length = null;
        foreach (TensorSlots input in _inputs)
        {
            elements += input.Length(slot);
            if (!input.Plan.IsVariable)
                continue;
            int steps = input.Length(slot) / input.Plan.FixedSize;
            if (length is not null && length != steps)
                throw Throw.TensorLengthsDiffer(_inputs.Where(i => i.Plan.IsVariable).Select(i => (i.Plan.Column, i.Length(slot) / i.Plan.FixedSize)));
            length = steps;
        }
        _lengths[slot] = elements;
    }

    protected override int PieceLength(Piece piece) => _lengths[piece.Slot];

    protected override PackInputs CreateInputs(bool isAlone) => new Inputs(_inputs);

    private sealed class Inputs(TensorSlots[] slots) : PackInputs
    {
        private readonly TensorBuffer[] _buffers = [.. slots.Select(s => s.CreateBuffer())];

        public override void Fill(ReadOnlySpan<Piece> pieces, int longest, OrtValue[] inputs)
        {
            for (int i = 0; i < inputs.Length; i++)
                inputs[i] = _buffers[i].Fill(pieces);
        }
    }
}
