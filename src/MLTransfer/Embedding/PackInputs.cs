using Microsoft.ML.OnnxRuntime;

namespace MLTransfer.Embedding;

/// <summary>The buffers that one worker feeds a graph from. Reads the encoder's prepared rows, which do not change while packs run.</summary>
internal abstract class PackInputs
{
    /// <summary>Outputs that the graph wants back as inputs in the next step: the states of a recurrent graph.</summary>
    public virtual IReadOnlyList<string> StateOutputs => [];

    /// <summary>Runs that a pack takes, one after the other: more than one for graphs with states.</summary>
    public virtual int StepCount(int longest) => 1;

    /// <summary>Writes the inputs of a run, in the order of the input names, each of <paramref name="pieces"/> padded to <paramref name="longest"/>.</summary>
    public abstract void Fill(ReadOnlySpan<Piece> pieces, int longest, OrtValue[] inputs);

    /// <summary>Writes the inputs of a later step.</summary>
    /// <param name="pieces">As in <see cref="Fill"/>.</param>
    /// <param name="step">From 1.</param>
    /// <param name="states">What the step before delivered for <see cref="StateOutputs"/>; valid during the call.</param>
    /// <param name="inputs">Receives the tensors.</param>
    public virtual void FillNext(ReadOnlySpan<Piece> pieces, int step, IEnumerable<OrtValue> states, OrtValue[] inputs) =>
        throw new NotSupportedException("A graph without states has one step.");
}
