using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Tests.Gradients;
using MLTransfer.Onnx.Training.Graphs;
using MLTransfer.Onnx.Training.Parts;
using MLTransfer.Testing;

namespace MLTransfer.Onnx.Tests.Training;

/// <summary>A model of the golden folder or a real one, made ready for training as a backbone is: raised to today's operators, weights float initializers, open axes named.</summary>
internal sealed class PreparedModel : IDisposable
{
    private readonly OnnxModel _file;

    private PreparedModel(string name, OnnxModel file, OnnxModel model)
    {
        Name = name;
        _file = file;
        Model = model;
        Blocks = GraphBlocks.Before(Graph, Output);
    }

    public string Name { get; }

    public OnnxModel Model { get; }

    public OnnxGraph Graph => Model.Graph;

    /// <summary>The first output, which training would start from.</summary>
    public string Output => Graph.Outputs[0].Name;

    public GraphBlocks Blocks { get; }

    public static PreparedModel Golden(string name) => Open(name, Path.Combine(GoldenGradients.Folder, $"{name}.onnx"));

    /// <summary>The test is skipped where the model is not on this machine.</summary>
    public static PreparedModel Real(string name, string file) => Open(name, Path.Combine(RealAssets.Model(name), file));

    /// <summary>The parameters in front of the first output.</summary>
    public IReadOnlyList<ModelParameter> Parameters() => ModelParameters.Of(Model, Output);

    /// <summary>The layers of each block: their operators in order, such as "Conv Conv", without the output's heads.</summary>
    public string[] Layers() => [.. Enumerable.Range(0, Blocks.Count).Select(b =>
        string.Join(' ', Graph.Nodes.Where(n => Blocks.Of(n) == b && HeavyFlow.IsLayer(n)).Select(n => n.OpType == "Conv" && n.Int("group", 1) > 1 ? "Depthwise" : n.OpType)))];

    public void Dispose() => _file.Dispose();

    private static PreparedModel Open(string name, string path)
    {
        OnnxModel file = ModelSource.FromFile(path).Read();
        return new PreparedModel(name, file, OpenAxes.Name(WeightUnfolding.Unfold(OpsetUpgrade.Raise(file, name, Path.GetDirectoryName(path)))));
    }
}
