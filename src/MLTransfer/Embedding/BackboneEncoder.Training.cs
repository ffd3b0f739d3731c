using Microsoft.ML.OnnxRuntime;
using MLTransfer.Backbones;
using MLTransfer.Internal;

namespace MLTransfer.Embedding;

/// <summary>What training reads: the inputs of rows, instead of their features.</summary>
internal abstract partial class BackboneEncoder
{
    // Of a frozen prefix whose outputs are kept: few rows at a time, or the maps of early layers take gigabytes.
    private const int RowsPerTrainingPack = 16;
    private const int ElementsPerTrainingPack = 1 << 21;

    /// <summary>Whether training may let only rows of equal length share a run, as scoring does.</summary>
    public bool NeedsEqualLengths => EqualLengthsOnly;

    /// <summary>
    /// Writes the graph's inputs of slots 0 to <paramref name="count"/> − 1 instead of running it, in packs of rows of similar length, and hands each pack on: what training reads.
    /// Packs are handed on by several threads at a time. Gives back which rows are bad and left out; under <see cref="RowErrorPolicy.Throw"/> the first of them is an error.
    /// </summary>
    /// <param name="count">Slots.</param>
    /// <param name="equalLengthsOnly">Whether the rows of a pack must be of one length; see <see cref="NeedsEqualLengths"/>.</param>
    /// <param name="use">Takes the packs.</param>
    /// <exception cref="NotSupportedException">A row is cut into several pieces.</exception>
    public bool[] FillInputs(int count, bool equalLengthsOnly, UseInputs use)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Reserve(count);
        try
        {
            ForEachSlot(count, IsRowCostly ? 2 : int.MaxValue, slot => Try(slot, () => _keys[slot] = Key(slot)));
            ForEachSlot(count, ParallelRows, slot => Try(slot, () => Prepare(slot)));
            int[] slots = [.. Enumerable.Range(0, count).Where(slot => !HasFailed(slot))];
            if (slots.Any(slot => PieceCount(slot) > 1))
                throw Throw.TrainingNeedsWholeRows(Plan.Step);
            Piece[] pieces = [.. slots.Select(slot => new Piece(slot, 0)).OrderBy(PieceLength)];
            int[] lengths = [.. pieces.Select(PieceLength)];
            var ends = new List<int>();
            PackPlanner.Plan([.. lengths.Select(PaddedLength)], ElementsPerTrainingPack, Plan.OneRowAtATime ? 1 : Math.Min(PiecesPerRun, RowsPerTrainingPack), equalLengthsOnly, ends);
            int next = -1;
            if (ends.Count > 0)
            {
                PackScheduler.InParallel(Math.Min(Environment.ProcessorCount, ends.Count), _ =>
                {
                    PackInputs inputs = CreateInputs(isAlone: false);
                    for (int pack; (pack = Interlocked.Increment(ref next)) < ends.Count;)
                    {
                        int start = pack == 0 ? 0 : ends[pack - 1];
                        HandOn(inputs, pieces[start..ends[pack]], lengths[start..ends[pack]], use);
                    }
                });
            }
        }
        finally
        {
            Release(count);
        }
        ReportErrors(count);
        bool[] leftOut = new bool[count];
        for (int slot = 0; slot < count; slot++)
        {
            leftOut[slot] = HasFailed(slot);
            if (leftOut[slot] && !IsLeftOut(slot))
                Unreadable(slot, 0, _errors[slot]!);
        }
        return leftOut;
    }

    private void HandOn(PackInputs inputs, Piece[] pieces, int[] lengths, UseInputs use)
    {
        OrtValue[] tensors = new OrtValue[_inputNames.Length];
        try
        {
            inputs.Fill(pieces, PaddedLength(lengths[^1]), tensors);
            use([.. pieces.Select(p => p.Slot)], lengths, _inputNames, tensors);
        }
        finally
        {
            foreach (OrtValue? tensor in tensors)
                tensor?.Dispose();
        }
    }
}
