using System.Collections.Immutable;
using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training;
using MLTransfer.Onnx.Training.Graphs;
using MLTransfer.Onnx.Training.Losses;

namespace MLTransfer.Onnx.Tests.Training.Curves;

/// <summary>Makes the steps of a golden curve over a graph whose output "curve_logits" [rows, K] is compared with the rows' labels by cross-entropy.</summary>
/// <param name="Golden">Rows, batches and rates.</param>
/// <param name="Model">The graph with its head.</param>
/// <param name="Parameters">Initializers that are trained.</param>
/// <param name="Sources">One for each input.</param>
/// <param name="Sizes">Sizes at which the graph can be probed; null: found by trying.</param>
internal sealed record CurveTraining(GoldenCurve Golden, OnnxModel Model, ImmutableArray<string> Parameters, ImmutableArray<IRowSource> Sources, ProbeSizes? Sizes = null)
{
    public const string Logits = "curve_logits";

    /// <summary>What the names of the head's parameters begin with.</summary>
    public const string Head = "head.";

    /// <summary>The lengths of rows; empty where all are alike.</summary>
    public int[] Lengths { get; init; } = [];

    /// <summary>The loss of each step before its update.</summary>
    /// <param name="accumulationCount">Into how many micro-batches each batch is divided.</param>
    /// <param name="threadCount">Shards at most.</param>
    public double[] Losses(int accumulationCount = 1, int threadCount = 2)
    {
        var graph = TrainingGraph.Of(Model, Logits, Golden.Classes, Parameters, new CrossEntropyLoss(), "curve", sizes: Sizes);
        Dictionary<string, OnnxTensor> weights = Model.Graph.Initializers.DistinctBy(t => t.Name).ToDictionary(t => t.Name, StringComparer.Ordinal);
        var layout = new ParameterLayout(graph.Parameters.Select(p => new TrainedTensor(p, weights[p].Dimensions)
        {
            Decays = weights[p].Dimensions.Length > 1,
            LearningRateFactor = p.StartsWith(Head, StringComparison.Ordinal) ? 1 : Golden.Rate / Golden.HeadRate,
        }));
        float[] parameters = layout.Allocate();
        foreach (TrainedTensor tensor in layout.Tensors)
            weights[tensor.Name].ToFloats().CopyTo(parameters, tensor.Offset);
        using var problem = new GraphProblem(graph, layout, Data(), "curve", threadCount: threadCount);
        var options = new TrainingOptions { BatchSize = Golden.Batch / accumulationCount, AccumulationCount = accumulationCount, GradientClipNorm = null, WeightDecay = 0.01, Seed = 0 };
        using var runner = new StepRunner(problem, layout, options, new BatchPlanner(problem, options), ParameterUpdater.Create(options.Optimizer, layout), [.. parameters]);
        return [.. Golden.BatchRows().Select((rows, step) => runner.Run(parameters, rows, step, 0, Golden.HeadRate).Loss)];
    }

    private TrainingData Data()
    {
        float[] targets = new float[Golden.Rows * Golden.Classes];
        foreach ((int row, int label) in Golden.RowLabels.Index())
            targets[row * Golden.Classes + label] = 1;
        return new TrainingData
        {
            Sources = Sources,
            Targets = new MatrixStore(targets, Golden.Classes),
            Width = Golden.Classes,
            Weights = [.. Enumerable.Repeat(1d, Golden.Rows)],
            Lengths = Lengths,
            TrainingRows = [.. Enumerable.Range(0, Golden.Rows)],
        };
    }
}
