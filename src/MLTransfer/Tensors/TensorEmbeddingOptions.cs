using System.Collections.Immutable;

namespace MLTransfer;

/// <summary>Settings of <c>EmbedTensor</c>.</summary>
public sealed record TensorEmbeddingOptions : EmbeddingOptions
{
    /// <summary>
    /// The vector column of each of the graph's inputs, by the input's name. Default: a graph with one input reads the column of the input's own name. Columns are
    /// <c>Vector&lt;Single&gt;</c> for float inputs, <c>Vector&lt;Double&gt;</c>, <c>Vector&lt;Int32&gt;</c> or <c>Vector&lt;Int64&gt;</c> for those, with as many numbers
    /// as a row of the input has, in row-major order. An input may have one open axis besides the batch's; its column may then be of variable size.
    /// </summary>
    public IReadOnlyDictionary<string, string> InputColumns { get; init; } = ImmutableDictionary<string, string>.Empty;
}
