using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Tests.Graphs;

internal sealed class GraphSummaryTests
{
    [Test]
    public void Of_Linear_DescribesIt()
    {
        byte[] bytes = TinyGraphs.Linear().ToBytes();
        var source = ModelSource.FromMemory(bytes, "linear");
        GraphSummary summary = GraphSummary.Of(source);
        Assert.That(summary.Inputs, Is.EqualTo(["'x' Float [batch, 3]"]));
        Assert.That(summary.Outputs, Is.EqualTo(["'y' Float [batch, 2]"]));
        Assert.That(summary.Operators, Is.EqualTo(new Dictionary<string, int> { ["Add"] = 1, ["MatMul"] = 1 }));
        Assert.That(summary.Opsets.Single().ToString(), Is.EqualTo("ai.onnx 17"));
        Assert.That(summary.ParameterCount, Is.EqualTo(8));
        Assert.That(summary.ByteCount, Is.EqualTo(bytes.Length));
        Assert.That(summary.Sha256, Is.EqualTo(source.Sha256));
        Assert.That(summary.CustomDomains, Is.Empty);
        Assert.That(summary.Independence.RowsInterfere, Is.False);
    }

    [Test]
    public void Of_OperatorsOfUnknownDomains_ListsThem()
    {
        GraphBuilder graph = TinyGraphs.Linear().Import("acme.ops", 1).Import("com.microsoft", 1);
        graph.Add(new OnnxNode { OpType = "Mystery", Domain = "acme.ops", Inputs = ["x"], Outputs = ["m"] });
        graph.Add(new OnnxNode { OpType = "FastGelu", Domain = "com.microsoft", Inputs = ["x"], Outputs = ["g"] });
        GraphSummary summary = GraphSummary.Of(ModelSource.FromMemory(graph.ToBytes(), "custom"));
        Assert.That(summary.CustomDomains, Is.EqualTo(["acme.ops"]));
        Assert.That(summary.Operators.Keys, Does.Contain("acme.ops.Mystery").And.Contain("com.microsoft.FastGelu"));
    }

    [Test]
    public void Of_DamagedModel_IsRefused() =>
        Assert.That(() => GraphSummary.Of(ModelSource.FromMemory([1, 2, 3], "damaged")), Throws.InstanceOf<InvalidDataException>());
}
