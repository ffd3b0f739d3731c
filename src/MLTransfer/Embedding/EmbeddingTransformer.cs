using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLTransfer.Embedding;
using MLTransfer.Export;
using MLTransfer.Onnx.Sessions;
using MLTransfer.Persistence;
using MLTransfer.Schema;

namespace MLTransfer;

/// <summary>
/// A fitted embedding step: adds the features of a backbone to the rows that pass. Thread-safe; each cursor and each prediction engine has its own buffers and shares the
/// session. Saved and loaded by <c>mlContext.Model</c>.
/// </summary>
/// <remarks>
/// Holds a share of the backbone's session, native memory, until it is disposed or collected. Disposing twice is harmless; using it afterwards is an
/// <see cref="ObjectDisposedException"/>. A prediction engine disposes the model it was made from unless told otherwise, as ML.NET's engines do.
/// </remarks>
public abstract class EmbeddingTransformer : ITransformer, IPersistedStep, IOnnxEmbedding, IDisposable
{
    private readonly EmbeddingStep _step;
    private readonly SessionLease _lease;
    private readonly object _lock = new();
    private SessionLease? _rowLease;
    private bool _disposed;

    private protected EmbeddingTransformer(IHostEnvironment env, EmbeddingStep step)
    {
        _step = step;
        _lease = step.Plan.RentForPacks(env);
    }

    /// <summary>The backbone whose features are added.</summary>
    public Backbone Backbone => _step.Plan.Backbone;

    /// <summary>The name of ONNX Runtime's execution provider that really runs the graph, such as "CPUExecutionProvider".</summary>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public string ActiveProvider => _lease.Session.ActiveProvider;

    /// <summary>True: every row is transformed by itself.</summary>
    public bool IsRowToRowMapper => true;

    string IPersistedStep.Kind => _step.Plan.Step;

    /// <summary>Rows that the sessions of this step have run since they were made, by whomever.</summary>
    internal long RowsRun => _lease.Session.RowCount + (_rowLease is SessionLease rows && rows.Session != _lease.Session ? rows.Session.RowCount : 0);

    internal EmbeddingStep Step => _step;

    /// <summary>The schema with the feature columns added.</summary>
    /// <param name="inputSchema">Schema of the input.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type; the message names it.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return _step.Extend(inputSchema);
    }

    /// <summary>A view over the input with the feature columns added. Lazy: the backbone runs while a cursor asks for features, and not for cursors that do not.</summary>
    /// <param name="input">The rows.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new LookAheadView(input, _step, () => _step.CreateEncoder(new SessionHolder(RentForPacks, holds: true)));
    }

    /// <summary>The row-wise form, for prediction engines.</summary>
    /// <param name="inputSchema">Schema of the rows.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new StepRowMapper(inputSchema, _step, () => _step.CreateEncoder(new SessionHolder(RentForRows, holds: false)));
    }

    /// <summary>Gives the share of the session back.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _rowLease?.Dispose();
        }
        _lease.Dispose();
        GC.SuppressFinalize(this);
    }

    OnnxEmbedding IOnnxEmbedding.ToOnnx() => _step.ToOnnx();

    void ICanSaveModel.Save(ModelSaveContext ctx) => StepPersistence.Save(ctx, this);

    void IPersistedStep.Write(PayloadWriter payload)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        EmbeddingPayload.Write(payload, Backbone, _step.Plan.Options);
        WriteSettings(payload);
    }

    /// <summary>Writes the settings of the modality beside those that all embedding steps have.</summary>
    private protected abstract void WriteSettings(PayloadWriter payload);

    // Views and rows outlive the transformer they came from; they must not bring its sessions back to life.
    private SessionLease RentForPacks()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _step.Plan.RentForPacks();
    }

    private SessionLease RentForRows()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            // Held from the first row on, so that it is made once and not for each prediction.
            _rowLease ??= _step.Plan.RentForRows();
            return _step.Plan.RentForRows();
        }
    }
}
