using System.Collections;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer;

/// <summary>
/// A fitted student: its embedding step, where it has a backbone of its own, and its head. Needs neither the teacher nor the teacher's columns. Thread-safe. Saved by <c>mlContext.Model</c> as
/// the chain of its steps, and loaded as such.
/// </summary>
/// <remarks>Holds sessions until it is disposed or collected; disposing twice is harmless.</remarks>
public sealed class DistilledTransformer : ITransformer, IEnumerable<ITransformer>, IDisposable
{
    private readonly TransformerChain<ITransformer> _chain;
    private readonly EmbeddingTransformer? _embedding;
    private readonly MlpHeadTransformer _head;

    internal DistilledTransformer(EmbeddingTransformer? embedding, MlpHeadTransformer head, DistillationReport report)
    {
        _embedding = embedding;
        _head = head;
        _chain = embedding is null ? new TransformerChain<ITransformer>(head) : new TransformerChain<ITransformer>(embedding, head);
        Report = report;
    }

    /// <summary>The student's backbone with its trained weights; null where the student is a head alone.</summary>
    public Backbone? Backbone => _embedding?.Backbone;

    /// <summary>The student's head.</summary>
    public MlpHeadModel Head => _head.Model;

    /// <summary>What the teachers and the training did.</summary>
    public DistillationReport Report { get; }

    /// <summary>True: every row is transformed by itself.</summary>
    public bool IsRowToRowMapper => true;

    /// <summary>The schema with the student's columns added.</summary>
    /// <param name="inputSchema">Schema of the input.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type; the message names it.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _chain.GetOutputSchema(inputSchema);

    /// <summary>A view over the input with the student's columns added.</summary>
    /// <param name="input">The rows.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public IDataView Transform(IDataView input) => _chain.Transform(input);

    /// <summary>The row-wise form, for prediction engines.</summary>
    /// <param name="inputSchema">Schema of the rows.</param>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => ((ITransformer)_chain).GetRowToRowMapper(inputSchema);

    /// <summary>Its steps.</summary>
    public IEnumerator<ITransformer> GetEnumerator() => ((IEnumerable<ITransformer>)_chain).GetEnumerator();

    /// <inheritdoc/>
    public void Dispose()
    {
        _embedding?.Dispose();
        _head.Dispose();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)_chain).Save(ctx);
}
