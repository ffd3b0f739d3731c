namespace MLTransfer;

/// <summary>The precision of sequence outputs (<see cref="Pooling.None"/>). They are rounded to it whether they come from the cache or from a run, so that both agree.</summary>
public enum SequencePrecision
{
    /// <summary>float16: 128 tokens of 384 numbers are 98 KB in the cache. The default.</summary>
    Half,

    /// <summary>float32, as the graph delivers it: twice the memory.</summary>
    Single,
}
