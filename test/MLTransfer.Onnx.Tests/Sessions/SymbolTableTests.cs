using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime.Tensors;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Onnx.Tests.Sessions;

internal sealed class SymbolTableTests
{
    private static TensorPort Port(string name, params ImmutableArray<object> axes) => new(name, TensorElementType.Float,
        [.. axes.Select(a => a is int size ? size : -1)], [.. axes.Select(a => a as string ?? "")]);

    [Test]
    public void Resolve_SeveralSymbols_ByName()
    {
        var table = new SymbolTable();
        table.Bind(Port("ids", "batch", "tokens"), [3, 17]);
        table.Bind(Port("image", "batch", 3, "height", "width"), [3, 3, 20, 30]);
        Assert.That(table.Resolve(Port("out", "batch", "width", "tokens", 8)), Is.EqualTo(new long[] { 3, 30, 17, 8 }));
    }

    [Test]
    public void Resolve_UnknownOrNamelessAxis_IsNull()
    {
        var table = new SymbolTable();
        table.Bind(Port("ids", "batch", ""), [3, 17]);
        Assert.That(table.Resolve(Port("out", "batch", "tokens")), Is.Null);
        Assert.That(table.Resolve(Port("out", "batch", "")), Is.Null);
    }

    [Test]
    public void Bind_SameSymbolWithAnotherSize_NamesItAndBothSizes()
    {
        var table = new SymbolTable();
        table.Bind(Port("ids", "batch", "tokens"), [3, 17]);
        Assert.That(() => table.Bind(Port("mask", "batch", "tokens"), [3, 18]),
            Throws.ArgumentException.With.Message.Contains("'mask'").And.Message.Contains("'tokens'").And.Message.Contains("17").And.Message.Contains("18"));
    }

    [TestCase(new long[] { 3 })]
    [TestCase(new long[] { 3, 17, 1 })]
    [TestCase(new long[] { 3, 9 })]
    public void Bind_WrongRankOrFixedSize_NamesTheTensor(long[] shape) =>
        Assert.That(() => new SymbolTable().Bind(Port("ids", "batch", 8), shape), Throws.ArgumentException.With.Message.Contains("'ids'"));

    [Test]
    public void Clear_ForgetsSizes()
    {
        var table = new SymbolTable();
        table.Bind(Port("ids", "batch"), [3]);
        table.Clear();
        table.Bind(Port("ids", "batch"), [4]);
        Assert.That(table.Resolve(Port("out", "batch")), Is.EqualTo(new long[] { 4 }));
    }
}
