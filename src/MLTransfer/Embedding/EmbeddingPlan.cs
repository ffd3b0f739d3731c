using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.Runtime;
using MLTransfer.Backbones;
using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;
using MLTransfer.Schema;

namespace MLTransfer.Embedding;

/// <summary>Everything an embedding step has decided before it sees a row: outputs, rules of batching, the session, and the fingerprint of its features. Immutable.</summary>
internal sealed class EmbeddingPlan
{
    // Packs: as many at a time as there are cores, each on one thread. That is 1.1 times the rows of one pack at a time on all threads, which wait for each other at every operator.
    private readonly SessionSettings _packSettings;

    // A single row: all threads work on it, or it takes twice as long.
    private readonly SessionSettings _rowSettings;
    private readonly ModelSource _source;
    private readonly IHostEnvironment _env;

    private EmbeddingPlan(IHostEnvironment env, string step, Backbone backbone, EmbeddingOptions options)
    {
        _env = env;
        Backbone = backbone;
        Options = options;
        Step = step;
        Cache = options.Cache ?? backbone.Cache;
        Outputs = DecideOutputs(backbone, options);
        Columns = [.. Outputs.Select(o => new FeatureColumn(o.ColumnName, o.Dimension, o.Pooling == Pooling.None))];
        if (Columns.GroupBy(c => c.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw Throw.ColumnNamedTwice(step, twice.Key);

        _source = backbone.RunSource;
        RowIndependence independence = backbone.Ports.Independence;
        if (independence.RowsInterfere && options.Int8Execution == Int8Execution.Float)
            (_source, independence) = InFloat(backbone);
        _rowSettings = new SessionSettings { Target = options.Target ?? DevicePolicy.Of(env) };
        _packSettings = _rowSettings with { IntraOpThreadCount = 1 };
        OneRowAtATime = backbone.Ports.BatchIsOne || (independence.RowsInterfere && options.Int8Execution != Int8Execution.Batched);
        Warn(env, independence);
    }

    public Backbone Backbone { get; }

    public EmbeddingOptions Options { get; }

    /// <summary>The step's name for messages, "EmbedText".</summary>
    public string Step { get; }

    /// <summary>The graph that sessions run.</summary>
    public ModelSource Source => _source;

    public FeatureCache Cache { get; }

    public ImmutableArray<PlannedOutput> Outputs { get; }

    public ImmutableArray<FeatureColumn> Columns { get; }

    public bool OneRowAtATime { get; }

    /// <summary>Works out what the options mean for the backbone.</summary>
    /// <exception cref="ArgumentException">An option does not fit the backbone.</exception>
    public static EmbeddingPlan Make(IHostEnvironment env, string step, Backbone backbone, EmbeddingOptions options) => new(env, step, backbone, options);

    /// <summary>The session for windows of rows.</summary>
    public SessionLease RentForPacks(IHostEnvironment? env = null) => SessionPool.Shared.Rent(_source, _packSettings, Warner(env));

    /// <summary>The session for single rows, a second one unless this machine has one core.</summary>
    public SessionLease RentForRows() => SessionPool.Shared.Rent(_source, Environment.ProcessorCount == 1 ? _packSettings : _rowSettings);

    /// <summary>Rows that every run must have, because the graph's batch axis is fixed; null where it is open.</summary>
    public int? FixedBatch => Backbone.Ports.FixedBatch;

    /// <summary>Whether the feature output is a map of D channels over places rather than a list of vectors.</summary>
    public bool ChannelsFirst => Backbone.Ports.Shape.Axes == FeatureAxes.ChannelsFirst;

    /// <summary>Tells the user of something that is no error, under the step's name.</summary>
    public void Warn(string message) => StepLog.Warning(_env, Step, message);

    /// <summary>SHA-256 of all that a row's features depend on besides the row: what caches may be shared by.</summary>
    public byte[] Fingerprint(OnnxSession session, string preprocessing)
    {
        var text = new StringBuilder();
        text.Append(_source.Sha256).Append('|').Append(Backbone.Card.FeatureOutput).Append('|').Append(session.ActiveProvider)
            .Append('|').Append(Options.SequencePrecision).Append('|').Append(Options.Int8Execution).Append('|').Append(preprocessing);
        // Two cards may feed one graph differently.
        foreach ((string role, OnnxValue input) in Backbone.Ports.Inputs)
            text.Append('|').Append(role).Append('=').Append(input.Name);
        foreach (PlannedOutput output in Outputs)
            text.Append('|').Append(output.Pooling).Append(',').Append(output.Dimension).Append(',').Append(output.Normalize);
        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static ImmutableArray<PlannedOutput> DecideOutputs(Backbone backbone, EmbeddingOptions options)
    {
        bool isVector = backbone.Ports.Shape.IsVector;
        // A clip may be cut into several windows: then even a vector for each is a sequence, and what is pooled.
        bool hasWindows = backbone.Card.Modality == BackboneModality.Audio;
        Pooling pooling = options.Pooling ?? backbone.Card.Pooling;
        bool normalize = options.Normalize ?? backbone.Card.Normalize;
        if (options.Dimension > backbone.Dimension)
            throw Throw.DimensionTooLarge(options.Dimension.Value, backbone.Name, backbone.Dimension);
        return
        [
            Decide(options.OutputColumnName, pooling),
            .. options.AdditionalOutputs.Select(o => Decide(o.ColumnName, o.Pooling)),
        ];

        PlannedOutput Decide(string column, Pooling how)
        {
            bool sequence = how == Pooling.None;
            if (how == Pooling.Graph && !isVector)
                throw Throw.PoolingNeedsVector(backbone.Origin, CardInference.Describe(backbone.Ports.Feature));
            if (how != Pooling.Graph && isVector && !hasWindows)
                throw Throw.PoolingNeedsTokens(backbone.Origin, CardInference.Describe(backbone.Ports.Feature), how);
            if (sequence && options.Dimension is not null && options.Dimension != backbone.Dimension)
                throw Throw.SequenceNotTruncated(column);
            ArgumentException.ThrowIfNullOrWhiteSpace(column, nameof(FeatureOutput.ColumnName));
            return new PlannedOutput(column, how, sequence ? backbone.Dimension : options.Dimension ?? backbone.Dimension, normalize && !sequence);
        }
    }

    /// <summary>The graph with its weights in float, and whether its rows still see each other: quantisation is not the only way.</summary>
    private static (ModelSource Source, RowIndependence Independence) InFloat(Backbone backbone)
    {
        using OnnxModel model = backbone.RunSource.Read();
        OnnxModel inFloat = Int8ToFloat.Rewrite(model);
        return (ModelSource.FromMemory(inFloat.ToBytes(), $"{backbone.Name} (weights in float)", backbone.RunSource.Folder), RowIndependence.Analyse(inFloat));
    }

    private Action<string>? Warner(IHostEnvironment? env) => env is null ? null : message => StepLog.Warning(env, Step, message);

    private void Warn(IHostEnvironment env, RowIndependence independence)
    {
        if (Backbone.Ports.BatchIsOne)
        {
            StepLog.Warning(env, Step, $"The batch axis of backbone '{Backbone.Name}' is fixed at 1, so it runs one row at a time. Export it with a dynamic batch axis to run faster.");
            return;
        }
        if (!independence.RowsInterfere)
            return;
        string mixes = $"The rows of a batch see each other in backbone '{Backbone.Name}' ({independence.Reason})";
        switch (Options.Int8Execution)
        {
            case Int8Execution.Batched:
                StepLog.Warning(env, Step, $"{mixes}: with Int8Execution.Batched a row's features depend on the rows beside it.");
                break;
            case Int8Execution.Exact:
                StepLog.Info(env, Step, $"{mixes}, so it runs one row at a time (Int8Execution.Exact). Where int8 arithmetic is the reason, Int8Execution.Float batches.");
                break;
            default:
                StepLog.Warning(env, Step, $"{mixes} with its weights in float too, so it runs one row at a time.");
                break;
        }
    }
}

/// <summary>One output column with everything about it decided.</summary>
internal sealed record PlannedOutput(string ColumnName, Pooling Pooling, int Dimension, bool Normalize);
