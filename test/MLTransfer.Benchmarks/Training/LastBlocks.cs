using System.Diagnostics;
using MLTransfer.FineTuning;
using MLTransfer.Heads.Network;
using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training;
using MLTransfer.Onnx.Training.Graphs;
using MLTransfer.Onnx.Training.Losses;

namespace MLTransfer.Benchmarks.Training;

/// <summary>The last blocks of a text backbone, ready to be trained with a linear head on the mean of its tokens.</summary>
internal sealed class LastBlocks : IDisposable
{
    private const int Classes = 20;
    private const string Pooled = "benchmark_pooled";
    private const string HeadPrefix = "benchmark_head_";

    private readonly TrainableBackbone _backbone;
    private readonly TrainingGraph _graph;
    private readonly ParameterLayout _layout;
    private readonly TrainingData _data;

    /// <param name="backbone">A backbone whose feature is [rows, tokens, D].</param>
    /// <param name="count">How many blocks.</param>
    public LastBlocks(Backbone backbone, int count)
    {
        long start = Stopwatch.GetTimestamp();
        _backbone = TrainableBackbone.Of(backbone, inFloat: false);
        Onnx.Training.Parts.ModelParameter[] chosen = FreezingPlan.LastBlocks(count).Choose(_backbone);
        var whole = GraphBuilder.On(_backbone.Model);
        whole.Node("ReduceMean", [_backbone.Feature], Pooled, OnnxAttribute.Of("axes", [1]), OnnxAttribute.Of("keepdims", 0));
        OnnxModel model = whole.Build();
        var split = PrefixSplit.Of(model, [Pooled], [.. chosen.Select(p => p.Name)], ProbedShapes.Of(model, backbone.Name, _backbone.Folder));
        HeadNetwork head = HeadNetwork.Create(HeadArchitecture.Linear, backbone.Dimension, Classes, seed: 0);
        var trained = GraphBuilder.On(split.Trained);
        string logits = head.Append(trained, Pooled, split.Trained.Graph.Inputs[0].Dimensions[0], HeadPrefix, isTraining: true);
        TrainedTensor[] tensors = [.. chosen.Select(p => new TrainedTensor(p.Name, p.Shape)), .. head.Trained(HeadPrefix)];
        _graph = TrainingGraph.Of(trained.Build(), logits, Classes, [.. tensors.Select(t => t.Name)], new CrossEntropyLoss(), backbone.Name, _backbone.Folder, split.Sizes);
        _layout = new ParameterLayout(tensors);
        _data = new TrainingData { Sources = [], Targets = new MatrixStore([], Classes), Width = Classes, Weights = [], TrainingRows = [] };
        SecondsToWrite = Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Seconds from the file to the training graph.</summary>
    public double SecondsToWrite { get; }

    public int NodeCount => _graph.Gradients.Graph.Nodes.Length;

    /// <summary>Seconds in which the session of the training graph is made.</summary>
    public double Open()
    {
        long start = Stopwatch.GetTimestamp();
        using var problem = new GraphProblem(_graph, _layout, _data, _backbone.Name, _backbone.Folder);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose() => _backbone.Dispose();
}
