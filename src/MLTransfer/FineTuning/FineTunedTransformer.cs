using System.Collections;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.FineTuning;

namespace MLTransfer;

/// <summary>
/// A backbone and a head that were trained together: an embedding step over the adapted backbone, and the head that reads its features. Both columns are added. Thread-safe. Saved by
/// <c>mlContext.Model</c> as the chain of its two steps, and loaded as such.
/// </summary>
/// <remarks>Holds the adapted backbone's session until it is disposed or collected; disposing twice is harmless.</remarks>
public sealed class FineTunedTransformer : ITransformer, IEnumerable<ITransformer>, IDisposable
{
    private readonly TransformerChain<ITransformer> _chain;
    private readonly EmbeddingTransformer _embedding;
    private readonly ITransformer _head;

    internal FineTunedTransformer(EmbeddingTransformer embedding, ITransformer head, FineTuned result)
    {
        _embedding = embedding;
        _head = head;
        _chain = new TransformerChain<ITransformer>(embedding, head);
        EpochCount = result.Training.History.Count;
        BestEpoch = result.Training.BestEpoch;
        StepCount = result.Training.StepCount;
    }

    /// <summary>The adapted backbone, for use elsewhere: in an embedding step of another pipeline, as a student or a teacher, or written to a file by <c>ExportOnnx</c>.</summary>
    public Backbone Backbone => _embedding.Backbone;

    /// <summary>Whole epochs that were made.</summary>
    public int EpochCount { get; }

    /// <summary>The index of the epoch whose weights were kept; null where no held-out rows decided.</summary>
    public int? BestEpoch { get; }

    /// <summary>Updates of the weights that were made.</summary>
    public long StepCount { get; }

    /// <summary>True: every row is transformed by itself.</summary>
    public bool IsRowToRowMapper => true;

    /// <summary>The schema with features and scores added.</summary>
    /// <param name="inputSchema">Schema of the input.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type; the message names it.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _chain.GetOutputSchema(inputSchema);

    /// <summary>A view over the input with features and scores added.</summary>
    /// <param name="input">The rows.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public IDataView Transform(IDataView input) => _chain.Transform(input);

    /// <summary>The row-wise form, for prediction engines.</summary>
    /// <param name="inputSchema">Schema of the rows.</param>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => ((ITransformer)_chain).GetRowToRowMapper(inputSchema);

    /// <summary>Its two steps: the embedding step, then the head.</summary>
    public IEnumerator<ITransformer> GetEnumerator()
    {
        yield return _embedding;
        yield return _head;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _embedding.Dispose();
        (_head as IDisposable)?.Dispose();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)_chain).Save(ctx);
}
