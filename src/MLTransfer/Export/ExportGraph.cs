using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using MLTransfer.Backbones;
using MLTransfer.Embedding;
using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Export;

/// <summary>The graph that a chain becomes, and its card. Holds the backbone's file mapped until it is disposed; writing comes before that.</summary>
internal sealed class ExportGraph : IDisposable
{
    /// <summary>The name of the features in the graph, whether they are an output or not.</summary>
    public const string Features = "Features";

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly OnnxModel _source;

    private ExportGraph(OnnxModel source, OnnxModel model, BackboneCard card, OnnxHead? head)
    {
        _source = source;
        Model = model;
        Card = card;
        Head = head;
    }

    public OnnxModel Model { get; }

    /// <summary>The card of the graph as a backbone: its feature is <see cref="Features"/>. Without a hash, and with the usual name of a graph.</summary>
    public BackboneCard Card { get; }

    public OnnxHead? Head { get; }

    /// <summary>Builds the graph.</summary>
    /// <param name="plan">What of the chain becomes it.</param>
    /// <param name="options">The export's settings.</param>
    /// <param name="outputs">
    /// Where given: which columns of the embedding step are outputs under which names, and no head. Default: the head's outputs, and the features as the options say.
    /// </param>
    public static ExportGraph Build(ExportPlan plan, ExportOptions options, IReadOnlyList<(string Name, ImmutableArray<int> Columns)>? outputs = null)
    {
        OnnxEmbedding embedding = plan.Embedding;
        OnnxModel source = embedding.Source.Read();
        try
        {
            int opset = checked((int)source.Opset);
            OnnxDimension batch = Batch(embedding.Backbone.Ports);
            OnnxModel model = FixLength(source, embedding, options.SequenceLength);
            if (FixedInputs.Build(embedding, opset) is OnnxModel fixedInputs)
                model = Before(fixedInputs, model);
            OnnxModel pooling = PoolingGraph.Build(embedding, opset, batch, outputs ?? [(Features, plan.Features)]);
            model = GraphMerge.Join(model, pooling, PoolingGraph.Links(embedding, pooling));
            OnnxHead? head = outputs is null ? plan.Head?.ToOnnx(opset, batch) : null;
            if (head is not null)
                model = Behind(model, plan, head, options.IncludeFeatures);
            model = GraphCut.At(model, [.. model.Graph.Outputs.Select(o => o.Name)]);
            model = TensorRewrite.WithoutExternalData(model);
            BackboneCard card = Describe(embedding, plan.Features, model, options);
            return new ExportGraph(source, WithMetadata(model, embedding, head, card), card, head);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public void Dispose() => _source.Dispose();

    private static OnnxDimension Batch(GraphPorts ports)
    {
        OnnxDimension[] first = [.. ports.Inputs.Values.Append(ports.Feature).Where(v => v.Dimensions.Length > 0).Select(v => v.Dimensions[0])];
        return first.FirstOrDefault(d => d.Value is not null || d.Symbol is not null) is { } known && known != default ? known : "batch";
    }

    /// <summary>A graph before another: its outputs feed the inputs of their names, and an input that both have is one.</summary>
    public static OnnxModel Before(OnnxModel front, OnnxModel model)
    {
        HashSet<string> inputs = [.. model.Graph.Inputs.Select(i => i.Name)];
        return GraphMerge.Join(front, model, front.Graph.Outputs.Concat(front.Graph.Inputs.Where(i => inputs.Contains(i.Name))).ToDictionary(v => v.Name, v => v.Name));
    }

    private static OnnxModel Behind(OnnxModel model, ExportPlan plan, OnnxHead head, bool keepsFeatures)
    {
        int featureCount = plan.Features.Sum(f => plan.Embedding.Outputs[f].Dimension);
        if (head.FeatureCount != featureCount)
            throw Throw.ExportFeatureCount(plan.HeadStep!.Place, head.FeatureCount, plan.Embedding.StepName, featureCount);
        string input = InputReach.Entries(head.Model.Graph).Single().Name;
        string[] kept = keepsFeatures ? [Features] : [];
        return GraphMerge.Join(model, head.Model, new Dictionary<string, string> { [input] = Features }, kept);
    }

    private static OnnxModel FixLength(OnnxModel model, OnnxEmbedding embedding, int? length)
    {
        if (length is not int size)
            return model;
        var axes = new Dictionary<string, int>();
        foreach (OnnxValue input in embedding.Backbone.Ports.Inputs.Values)
        {
            int[] open = [.. Enumerable.Range(1, Math.Max(input.Dimensions.Length - 1, 0)).Where(i => input.Dimensions[i].Value is null)];
            if (open.Length == 1 && embedding.Backbone.Card.Modality is BackboneModality.Text or BackboneModality.Tensor)
                axes[input.Name] = open[0];
        }
        if (axes.Count == 0)
            throw Throw.SequenceLengthWithoutAxis(size, embedding.Backbone.Name, embedding.Backbone.Ports.Inputs.Values.Select(CardInference.Describe));
        if (size > embedding.MaximumLength)
            throw Throw.SequenceLengthTooLarge(size, embedding.Backbone.Name, embedding.MaximumLength.Value);
        return AxisSize.Fix(model, axes, size);
    }

    private static BackboneCard Describe(OnnxEmbedding embedding, ImmutableArray<int> features, OnnxModel model, ExportOptions options)
    {
        BackboneCard card = embedding.Backbone.Card;
        PlannedOutput first = embedding.Outputs[features[0]];
        HashSet<string> inputs = [.. model.Graph.Inputs.Select(i => i.Name)];
        bool isSequence = first.Pooling == Pooling.None;
        // The windows of a long clip are pooled outside the graph, as before.
        bool poolsWindows = card.Modality == BackboneModality.Audio;
        return card with
        {
            Graph = ExportFiles.GraphName,
            Sha256 = null,
            Inputs = card.Inputs.Where(i => inputs.Contains(i.Value)).ToDictionary(i => i.Key, i => i.Value),
            FeatureOutput = Features,
            Pooling = isSequence ? (card.Pooling == Pooling.Graph ? Pooling.Mean : card.Pooling)
                : poolsWindows ? (first.Pooling == Pooling.Graph ? Pooling.Mean : first.Pooling) : Pooling.Graph,
            Normalize = poolsWindows && features.All(f => embedding.Outputs[f].Normalize),
            Dimension = features.Sum(f => embedding.Outputs[f].Dimension),
            MaximumLength = embedding.MaximumLength is int longest ? Math.Min(longest, options.SequenceLength ?? longest) : null,
            Audio = card.Audio is null ? null : card.Audio with { Constants = ImmutableDictionary<string, long>.Empty },
        };
    }

    private static OnnxModel WithMetadata(OnnxModel model, OnnxEmbedding embedding, OnnxHead? head, BackboneCard card)
    {
        var stated = new Dictionary<string, string>
        {
            [ExportMetadata.Version] = LibraryVersion.Text,
            [ExportMetadata.Card] = card.ToJson(),
            [ExportMetadata.Inputs] = JsonSerializer.Serialize(model.Graph.Inputs.ToDictionary(i => i.Name, i => InputMeaning.Of(embedding, i)), Json),
        };
        if (head is not null)
            stated[ExportMetadata.Task] = head.Task.ToString().ToLowerInvariant();
        if (head is { Labels.Length: > 0 })
            stated[ExportMetadata.Labels] = JsonSerializer.Serialize(head.Labels, Json);
        RowIndependence independence = RowIndependence.Analyse(model);
        if (independence.RowsInterfere)
            stated[ExportMetadata.Batching] = $"Run one row at a time, without padding: rows of one batch would change each other's values ({independence.Reason}).";
        return model with
        {
            ProducerName = "MLTransfer",
            ProducerVersion = LibraryVersion.Text,
            Metadata = [.. model.Metadata.Where(m => !stated.ContainsKey(m.Key)), .. stated.OrderBy(m => m.Key, StringComparer.Ordinal)],
        };
    }
}
