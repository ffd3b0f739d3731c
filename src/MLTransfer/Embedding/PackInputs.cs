using Microsoft.ML.OnnxRuntime;

namespace MLTransfer.Embedding;

/// <summary>The buffers that one worker feeds a graph from. Reads the encoder's prepared rows, which do not change while packs run.</summary>
internal abstract class PackInputs
{
    /// <summary>Writes the inputs of a run, in the order of the input names, each of <paramref name="rows"/> rows padded to <paramref name="longest"/>.</summary>
    public abstract void Fill(ReadOnlySpan<int> rows, int longest, OrtValue[] inputs);
}
