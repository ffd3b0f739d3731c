using System.Diagnostics.CodeAnalysis;

namespace MLTransfer;

/// <summary>The precision of sequence outputs (<see cref="Pooling.None"/>). They are rounded to it whether they come from the cache or from a run, so that both agree.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The precision is a type's.")]
public enum SequencePrecision
{
    /// <summary>float16: 128 tokens of 384 numbers are 98 KB in the cache. The default.</summary>
    Float16,

    /// <summary>float32, as the graph delivers it: twice the memory.</summary>
    Float32,
}
