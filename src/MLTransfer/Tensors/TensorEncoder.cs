using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Embedding;
using MLTransfer.Internal;

namespace MLTransfer.Tensors;

/// <summary>Vectors through a tensor backbone, as they are. Rows of a variable axis share a run only with rows of the same length: there is no mask.</summary>
internal sealed class TensorEncoder : BackboneEncoder
{
    private readonly TensorSlots[] _inputs;

    public TensorEncoder(TensorStep step, SessionHolder session)
        : base(step.Plan, session, [.. step.Inputs.Select(i => i.Port.Name)], TensorStep.Name) =>
        _inputs = [.. step.Inputs.Select(TensorSlots.Create)];

    protected override bool EqualLengthsOnly => true;

    public override void Bind(DataViewRow row)
    {
        foreach (TensorSlots input in _inputs)
            input.Bind(row);
    }

    public override void Read(int slot)
    {
        foreach (TensorSlots input in _inputs)
            input.Read(slot);
    }

    protected override int ContentSize(int slot) => _inputs.Sum(i => i.ContentSize(slot));

    protected override int WriteContent(int slot, Span<byte> destination)
    {
        int written = 0;
        foreach (TensorSlots input in _inputs)
            written += input.WriteContent(slot, destination[written..]);
        return written;
    }

    protected override int Prepare(int slot)
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
        return elements;
    }

    protected override PackInputs CreateInputs() => new Inputs(_inputs);

    private sealed class Inputs(TensorSlots[] slots) : PackInputs
    {
        private readonly TensorBuffer[] _buffers = [.. slots.Select(s => s.CreateBuffer())];

        public override void Fill(ReadOnlySpan<int> rows, int longest, OrtValue[] inputs)
        {
            for (int i = 0; i < inputs.Length; i++)
                inputs[i] = _buffers[i].Fill(rows);
        }
    }
}
