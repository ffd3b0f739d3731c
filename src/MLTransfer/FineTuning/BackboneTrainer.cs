using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLTransfer.Distillation;
using MLTransfer.Embedding;
using MLTransfer.Heads;
using MLTransfer.Heads.Linear;
using MLTransfer.Heads.Network;
using MLTransfer.Internal;
using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;
using MLTransfer.Onnx.Training;
using MLTransfer.Onnx.Training.Graphs;
using MLTransfer.Onnx.Training.Parts;

namespace MLTransfer.FineTuning;

/// <summary>
/// Trains a backbone and a head together: the frozen prefix runs once for each row, what it makes is kept, and the rest is trained on it. One use; not thread-safe.
/// </summary>
internal sealed class BackboneTrainer : IDisposable
{
    private const string Pooled = "mltransfer_pooled";
    private const string HeadPrefix = "mltransfer_head_";

    // Padded tokens (or other units) of one micro-batch: bounds the memory of a step over long rows.
    private const int LengthBudget = 16_384;

    private readonly string _name;
    private readonly EmbeddingStep _step;
    private readonly FineTuneOptions _options;
    private readonly IChannel _channel;
    private readonly int _seed;
    private readonly IReadOnlyList<EmbeddingStep> _views;
    private readonly TrainableBackbone _backbone;
    private readonly ModelParameter[] _chosen;
    private readonly PrefixSplit _split;
    private readonly bool _inFloat;

    /// <param name="name">Who trains, for messages.</param>
    /// <param name="step">How rows become the backbone's inputs, and its feature a vector.</param>
    /// <param name="options">How to train.</param>
    /// <param name="channel">Told what happens.</param>
    /// <param name="seed">Decides all that is random.</param>
    /// <param name="views">Further steps with which every row is read, too.</param>
    /// <exception cref="NotSupportedException">The freezing plan asks for weights that have no gradient.</exception>
    public BackboneTrainer(string name, EmbeddingStep step, FineTuneOptions options, IChannel channel, int seed, IReadOnlyList<EmbeddingStep>? views = null)
    {
        _views = views ?? [];
        _name = name;
        _step = step;
        _options = options;
        _channel = channel;
        _seed = seed;
        _inFloat = options.TrainsInFloat(step.Plan.Options);
        _backbone = TrainableBackbone.Of(step.Plan.Backbone, _inFloat);
        try
        {
            _chosen = options.Freezing.Choose(_backbone);
            OnnxModel whole = _backbone.WithPooling(step.ToOnnx(), Pooled);
            ProbedShapes shapes = Probe(whole);
            _split = PrefixSplit.Of(whole, [Pooled], [.. _chosen.Select(p => p.Name)], shapes);
        }
        catch
        {
            _backbone.Dispose();
            throw;
        }
    }

    /// <summary>D.</summary>
    public int FeatureCount => _step.Plan.Outputs[0].Dimension;

    /// <summary>Trains.</summary>
    /// <param name="data">The training data; read once.</param>
    /// <param name="labels">Takes the labels and makes targets of them.</param>
    public FineTuned Train(IDataView data, HeadLabels labels) => Prepare(data, labels, (problem, layout, start, head, targets, rows) =>
    {
        Tell($"{_name}: training {layout.ParameterCount} numbers in {layout.Tensors.Length} tensors of '{_backbone.Name}' ({_options.Freezing}){(head is null ? "" : " and its head")} on {problem.RowCount} rows.");
        TrainingResult result = TrainingLoop.Run(problem, layout, start, Seeded, LengthBudget, Seeded.CheckpointPath is null ? "" : Fingerprint(rows, targets));
        if (result.End == TrainingEnd.Cancelled)
            Warn($"{_name} was cancelled after {result.StepCount} steps; the model is the best so far.");
        HeadNetwork? trained = head?.ReadFrom(result.Parameters, layout, HeadPrefix).ForRawLabels(targets.LabelMean, targets.LabelScale);
        return new FineTuned(Adapt(layout, result.Parameters), trained, targets.Output, result);
    });

    /// <summary>Tries learning rates on the training data and leaves everything as it was.</summary>
    /// <param name="data">The training data; read once.</param>
    /// <param name="labels">Takes the labels and makes targets of them.</param>
    public LearningRateSweep FindLearningRate(IDataView data, HeadLabels labels) =>
        Prepare(data, labels, (problem, layout, start, _, _, _) => LearningRateFinder.Find(problem, layout, start, Seeded));

    private TrainingOptions Seeded => _options.Training with { Seed = _seed };

    /// <summary>Reads the rows and makes of them what a loop trains on.</summary>
    private T Prepare<T>(IDataView data, HeadLabels labels, Func<GraphProblem, ParameterLayout, float[], HeadNetwork?, HeadTargets, BackboneRows, T> use)
    {
        using BackboneRows rows = ReadRows(data, labels.Column);
        if (rows.SkippedCount > 0)
            Warn($"{_name} skipped {rows.SkippedCount} rows whose label is missing.");
        HeadTargets targets = labels.ToTargets(rows.Weights);
        (int[] training, int[] heldOut) = Divide(rows, targets.Strata);
        HeadNetwork? head = targets.Width == 0 ? null : HeadNetwork.Create(Architecture(), FeatureCount, targets.Width, _seed);
        if (head is not null && _options.StartFromLinearHead && _options.HiddenUnits.IsEmpty && targets.HasLinearStart)
            head = StartFromLinearHead(head, rows, targets, training);

        GraphBuilder builder = GraphBuilder.On(_split.Trained);
        OnnxDimension axis = _split.Trained.Graph.Inputs[0].Dimensions[0];
        string? logits = head?.Append(builder, Pooled, axis, HeadPrefix, isTraining: true);
        string prediction = targets.Match?.Append(builder, logits, Pooled, axis) ?? logits!;
        ParameterLayout layout = Layout(head, targets.Match);
        TrainingGraph graph = TrainingGraph.Of(builder.Build(), prediction, targets.PredictionWidth, [.. layout.Tensors.Select(t => t.Name)], targets.Loss, _backbone.Name, _backbone.Folder,
            _split.Sizes, targets.StoredWidth);
        float[] start = Start(layout, head, targets.Match);
        IRowSource[] sources = [.. rows.Parts.Select(p => p.Source)];
        var trainingData = new TrainingData
        {
            Sources = [.. sources, .. head?.DropoutSources(HeadPrefix, isTraining: true) ?? []],
            EvaluationSources = [.. sources, .. head?.DropoutSources(HeadPrefix, isTraining: false) ?? []],
            Targets = targets.Store,
            Width = targets.PredictionWidth,
            TargetWidth = targets.StoredWidth,
            Weights = targets.Weights,
            Lengths = rows.Lengths,
            EqualLengthsOnly = rows.EqualLengthsOnly,
            TrainingRows = training,
            HeldOutRows = heldOut,
            Metric = targets.Metric,
        };
        trainingData = ScheduledTargets.Of(trainingData, graph.Target, targets.Loss, Seeded);
        using var problem = new GraphProblem(graph, layout, trainingData, _backbone.Name, _backbone.Folder, _options.Training.ThreadCount);
        return use(problem, layout, start, head, targets, rows);
    }

    public void Dispose() => _backbone.Dispose();

    /// <summary>Shapes of the whole graph, of which each row must have its own feature.</summary>
    private ProbedShapes Probe(OnnxModel whole)
    {
        int? fixedRows = _step.Plan.FixedBatch;
        ProbedShapes shapes;
        try
        {
            shapes = ProbedShapes.Of(whole, _backbone.Name, _backbone.Folder);
        }
        catch (InvalidOperationException e) when (fixedRows is not null)
        {
            throw Throw.BatchNotOpened(_backbone.Name, fixedRows.Value, e);
        }
        ProbedAxis rows = shapes[InputReach.Entries(whole.Graph).First().Name]!.Axes[0];
        return shapes[Pooled] is { Axes: [ProbedAxis first, { IsFixed: true }] } && first == rows ? shapes : throw Throw.BatchNotOpened(_backbone.Name, fixedRows ?? 1, null);
    }

    private HeadArchitecture Architecture() => new(_options.HiddenUnits, HeadActivation.Relu, HeadNormalization.None, _options.Dropout, _options.Dropout);

    private BackboneRows ReadRows(IDataView data, LabelColumn labels)
    {
        using OnnxSession? prefix = _split.Prefix is null ? null : OnnxSession.Create(
            ModelSource.FromMemory(_split.Prefix.ToBytes(), $"{_backbone.Name} (frozen part)", _backbone.Folder), new SessionSettings { IntraOpThreadCount = 1 }, warn: null);
        return TrainingRowReader.Read(_step, data, labels, _options, _split, prefix, _views);
    }

    /// <summary>Holds rows out as they are; no other view of them is trained on.</summary>
    private (int[] Training, int[] HeldOut) Divide(BackboneRows rows, int[] strata)
    {
        int[] usable = [.. rows.UsableRows.Where(r => r < rows.RowsPerView)];
        (int[] training, int[] heldOut) = HeldOutRows.Divide(usable.Length, _options.Training.HeldOutFraction, _seed,
            strata.Length == 0 ? default : [.. usable.Select(r => strata[r])]);
        HashSet<int> trained = [.. training.Select(i => usable[i])];
        return ([.. rows.UsableRows.Where(r => trained.Contains(r % rows.RowsPerView))], [.. heldOut.Select(i => usable[i])]);
    }

    private HeadNetwork StartFromLinearHead(HeadNetwork head, BackboneRows rows, HeadTargets targets, int[] training)
    {
        float[] features = FrozenFeatures.Of(_split, Pooled, FeatureCount, rows, training, _backbone.Name, _backbone.Folder);
        var matrix = new AlignedMatrix(training.Length, FeatureCount);
        for (int i = 0; i < training.Length; i++)
            features.AsSpan(i * FeatureCount, FeatureCount).CopyTo(matrix.Row(i));
        int[] strata = targets.Strata.Length == 0 ? new int[training.Length] : [.. training.Select(r => targets.Strata[r])];
        // All features of a backbone have one unit. Scaled one by one, those that hardly vary would get large weights, and those large gradients.
        var options = new LinearHeadOptions { FeatureScaling = FeatureScaling.Common, CancellationToken = _options.Training.CancellationToken, ThreadCount = _options.Training.ThreadCount };
        LinearSolution solution = new LinearTraining($"{_name}, linear start", options, _seed, _channel).Train(
            new TrainingRows(matrix, [.. training.Select(r => targets.Weights[r])], 0), LinearStart.Loss(targets, training), strata);
        return head.WithLinear(solution.Weights, solution.Biases);
    }

    private ParameterLayout Layout(HeadNetwork? head, FeatureMatch? match)
    {
        int last = _chosen.Max(p => p.Block);
        int? every = _options.UnfreezeEveryEpochs;
        IEnumerable<TrainedTensor> ofBackbone = _chosen.Select(p => new TrainedTensor(p.Name, p.Shape)
        {
            Decays = p.Kind is ParameterKind.Weight or ParameterKind.Embedding,
            LearningRateFactor = Math.Pow(_options.BlockLearningRateDecay, last - p.Block),
            FirstEpoch = every is int epochs ? epochs * (last - p.Block + 1) : 0,
            IsPretrained = true,
        });
        IEnumerable<TrainedTensor> ofNew = (head?.Trained(HeadPrefix) ?? []).Concat(match?.Trained() ?? []);
        return new ParameterLayout(ofBackbone.Concat(ofNew.Select(t => t with { LearningRateFactor = _options.HeadLearningRateFactor })));
    }

    private float[] Start(ParameterLayout layout, HeadNetwork? head, FeatureMatch? match)
    {
        float[] start = layout.Allocate();
        Dictionary<string, OnnxTensor> weights = _backbone.Model.Graph.Initializers.DistinctBy(t => t.Name).ToDictionary(t => t.Name, StringComparer.Ordinal);
        for (int i = 0; i < _chosen.Length; i++)
            weights[_chosen[i].Name].ToFloats().CopyTo(start, layout.Tensors[i].Offset);
        head?.WriteTo(start, layout, HeadPrefix);
        match?.Projection?.WriteTo(start, layout, FeatureMatch.Prefix);
        return start;
    }

    private Backbone Adapt(ParameterLayout layout, float[] parameters)
    {
        Dictionary<string, OnnxTensor> trained = new(StringComparer.Ordinal);
        for (int i = 0; i < _chosen.Length; i++)
        {
            TrainedTensor place = layout.Tensors[i];
            trained[place.Name] = OnnxTensor.Of(place.Name, parameters.AsSpan(place.Offset, place.Count), place.Shape.AsSpan());
        }
        return AdaptedBackbone.Make(_step.Plan.Backbone, trained, _inFloat);
    }

    /// <summary>A hash of all that decides the outcome besides options and start weights.</summary>
    private string Fingerprint(BackboneRows rows, HeadTargets targets)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{_step.Plan.Source.Sha256}|{targets.Loss}|{targets.Output.GetType().Name}|{targets.Width}|{_options.Freezing}|{_options.Dropout}|{_options.LabelSmoothing}|{_inFloat}|{string.Join(';', _step.Plan.Outputs)}")));
        hash.AppendData(MemoryMarshal.AsBytes<float>(targets.Values));
        hash.AppendData(MemoryMarshal.AsBytes<double>(targets.Weights));
        hash.AppendData(MemoryMarshal.AsBytes<int>(rows.UsableRows));
        float[] row = [];
        foreach (RowPart part in rows.Parts)
        {
            foreach (int index in rows.UsableRows)
            {
                int count = part.Store.CountOf(index);
                if (row.Length < count)
                    row = new float[count];
                part.Store.CopyTo(index, row);
                hash.AppendData(MemoryMarshal.AsBytes<float>(row.AsSpan(0, count)));
            }
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private void Warn(string message) => _channel.Warning(MessageSensitivity.None, "{0}", message);

    private void Tell(string message) => _channel.Info(MessageSensitivity.None, "{0}", message);
}
