using System.Collections.Immutable;
using MLTransfer.Export;
using MLTransfer.Internal;
using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training.Graphs;
using MLTransfer.Onnx.Training.Parts;

namespace MLTransfer.FineTuning;

/// <summary>
/// A backbone's graph made ready for training: cut at the feature, in today's operators, its weights float initializers, its open axes named. Holds the file mapped until disposed.
/// </summary>
internal sealed class TrainableBackbone : IDisposable
{
    private readonly OnnxModel _file;

    private TrainableBackbone(string name, ModelSource source, OnnxModel file, OnnxModel model, string feature)
    {
        Name = name;
        Folder = source.Folder;
        _file = file;
        Model = model;
        Feature = feature;
        Blocks = GraphBlocks.Before(model.Graph, feature);
        Parameters = ModelParameters.Of(model, feature);
    }

    public string Name { get; }

    /// <summary>The folder of its external data, or null.</summary>
    public string? Folder { get; }

    public OnnxModel Model { get; }

    /// <summary>The value that is the feature.</summary>
    public string Feature { get; }

    public GraphBlocks Blocks { get; }

    public ImmutableArray<ModelParameter> Parameters { get; }

    /// <summary>Whether matrices are multiplied in 8 bits somewhere.</summary>
    public bool IsQuantized => Model.Graph.Nodes.Any(n => n.OpType is "MatMulInteger" or "ConvInteger" or "QLinearConv" or "QLinearMatMul");

    /// <summary>The end of the last block that cannot be trained; what follows can. Null where all can.</summary>
    public string? FirstTrainableEnd
    {
        get
        {
            int last = Parameters.Where(p => !p.IsTrainable).Select(p => p.Block).DefaultIfEmpty(-1).Max();
            return last < 0 || last >= Blocks.Count - 1 ? null : Blocks.Ends[last];
        }
    }

    /// <param name="backbone">The backbone.</param>
    /// <param name="inFloat">Whether 8-bit products are first turned into float.</param>
    public static TrainableBackbone Of(Backbone backbone, bool inFloat)
    {
        OnnxModel file = backbone.RunSource.Read();
        try
        {
            OnnxModel model = inFloat ? Int8ToFloat.Rewrite(file) : file;
            model = WeightUnfolding.Unfold(OpsetUpgrade.Raise(model, backbone.Name, backbone.RunSource.Folder));
            model = OpenAxes.Name(model, backbone.Ports.FixedBatch);
            return new TrainableBackbone(backbone.Name, backbone.RunSource, file, model, backbone.Card.FeatureOutput);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The blocks, for users.</summary>
    public IReadOnlyList<BackboneBlock> Describe() =>
    [
        .. Enumerable.Range(0, Blocks.Count).Select(b =>
        {
            ModelParameter[] own = [.. Parameters.Where(p => p.Block == b)];
            return new BackboneBlock(b, Blocks.Ends[b], own.Sum(p => p.Count), [.. own.Select(p => p.Name)], own.FirstOrDefault(p => !p.IsTrainable)?.Problem);
        }),
    ];

    /// <summary>The parameters behind a value.</summary>
    /// <exception cref="ArgumentException">The graph has no such value.</exception>
    public IEnumerable<ModelParameter> Behind(string value)
    {
        OnnxGraph graph = Model.Graph;
        if (graph.Nodes.All(n => !n.Outputs.Contains(value)) && graph.Inputs.All(i => i.Name != value))
            throw Throw.FreezingCutUnknown(Name, value, Blocks.Ends);
        HashSet<string> reached = [value];
        HashSet<string> read = [];
        foreach (OnnxNode node in graph.Nodes)
        {
            if (!NodeReads.Of(node).Any(reached.Contains))
                continue;
            reached.UnionWith(node.Outputs);
            read.UnionWith(NodeReads.Of(node));
        }
        return Parameters.Where(p => read.Contains(p.Name));
    }

    /// <summary>The graph with what the step does to the feature behind it.</summary>
    /// <param name="embedding">The step.</param>
    /// <param name="pooled">The name of the pooled feature [rows, D].</param>
    public OnnxModel WithPooling(OnnxEmbedding embedding, string pooled)
    {
        OnnxDimension rows = InputReach.Entries(Model.Graph).First().Dimensions[0];
        OnnxModel pooling = PoolingGraph.Build(embedding, checked((int)Model.Opset), rows, [(pooled, [0])]);
        return GraphMerge.Join(Model, pooling, PoolingGraph.Links(embedding, pooling));
    }

    public void Dispose() => _file.Dispose();
}
