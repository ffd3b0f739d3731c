using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Tests.Graphs;

internal sealed class GraphBuilderTests
{
    [Test]
    public void ToBytes_Linear_ScoresAsByHand()
    {
        using InferenceSession session = Scoring.Open(TinyGraphs.Linear().ToBytes());
        Assert.That(Scoring.RunFloats(session, "x", [1, 0, 0, 1, 1, 1], 2, 3), Is.EqualTo([11f, 22, 19, 32]));
    }

    [Test]
    public void ToBytes_SameCalls_GiveTheSameBytes()
    {
        byte[] first = TinyGraphs.Linear().ToBytes();
        Assert.That(TinyGraphs.Linear().ToBytes(), Is.EqualTo(first));
    }

    [Test]
    public void Build_AllElementTypes_ComeBackAsFloats()
    {
        var graph = new GraphBuilder();
        graph.Initializer("single", [1f, -2], 2);
        graph.Initializer("long", [1L, -2], 2);
        graph.Initializer("sbyte", new sbyte[] { 1, -2 }, 2);
        graph.Initializer("byte", new byte[] { 1, 254 }, 2);
        graph.Initializer("half", [(Half)1, (Half)(-2)], 2);
        OnnxModel model = OnnxModel.FromBytes(graph.ToBytes(), "test");
        Assert.That(model.Graph.Initializers.Select(t => t.ToFloats()[1]), Is.EqualTo([-2f, -2, -2, 254, -2]));
        Assert.That(model.Graph.Initializers.Select(t => t.ElementType), Is.EqualTo(
            [OnnxElementType.Float, OnnxElementType.Int64, OnnxElementType.Int8, OnnxElementType.UInt8, OnnxElementType.Float16]));
    }

    [Test]
    public void Input_SymbolsAndSizes_ComeBack()
    {
        OnnxModel model = OnnxModel.FromBytes(TinyGraphs.Linear().ToBytes(), "test");
        Assert.That(model.Graph.Inputs[0].Dimensions, Is.EqualTo([new OnnxDimension(null, "batch"), new OnnxDimension(3, null)]));
        Assert.That(model.Opset, Is.EqualTo(17));
    }

    [Test]
    public void Node_NameTaken_NamesIt()
    {
        GraphBuilder graph = TinyGraphs.Linear();
        Assert.That(() => graph.Node("Relu", ["x"], "w"), Throws.ArgumentException.With.Message.Contains("'w' already"));
    }

    [Test]
    public void Output_NothingOfThatName_NamesIt() =>
        Assert.That(() => new GraphBuilder().Output("y", OnnxElementType.Float), Throws.ArgumentException.With.Message.Contains("'y'"));

    [Test]
    public void Initializer_FewerValuesThanDimensionsAsk_IsRefused() =>
        Assert.That(() => new GraphBuilder().Initializer("w", [1f], 2), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("'w'"));
}
