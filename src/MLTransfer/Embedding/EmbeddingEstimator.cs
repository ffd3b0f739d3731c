using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLTransfer.Embedding;

namespace MLTransfer;

/// <summary>What the estimators of embedding steps have in common: nothing is learned, so fitting checks the columns and opens the session.</summary>
/// <typeparam name="TTransformer">The fitted step.</typeparam>
public abstract class EmbeddingEstimator<TTransformer> : IEstimator<TTransformer>, IBackboneStep
    where TTransformer : EmbeddingTransformer
{
    private readonly IHostEnvironment _env;
    private readonly EmbeddingStep _step;
    private readonly Func<IHostEnvironment, TTransformer> _create;

    private protected EmbeddingEstimator(IHostEnvironment env, EmbeddingStep step, Func<IHostEnvironment, TTransformer> create)
    {
        _env = env;
        _step = step;
        _create = create;
    }

    /// <summary>The backbone whose features are added.</summary>
    public Backbone Backbone => _step.Plan.Backbone;

    /// <summary>Checks the input's columns and opens the backbone's session (or shares one that is open). Reads no rows.</summary>
    /// <param name="input">Data with the columns that the step reads.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type; the message names it.</exception>
    /// <exception cref="PlatformNotSupportedException">The compute target is not available and may not fall back.</exception>
    public TTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _step.CheckInput(input.Schema);
        return _create(_env);
    }

    /// <summary>Promises the feature columns, and checks those that are read.</summary>
    /// <param name="inputSchema">What is known of the input.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type; the message names it.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return _step.Extend(inputSchema);
    }
}
