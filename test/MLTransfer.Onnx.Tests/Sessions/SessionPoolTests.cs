using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Onnx.Tests.Sessions;

internal sealed class SessionPoolTests
{
    private static ModelSource Doubler(float factor = 2)
    {
        var graph = new GraphBuilder();
        string product = graph.Node("Mul", [graph.Input("x", OnnxElementType.Float, "rows", 3), graph.Initializer("factor", [factor], 1)], "y");
        graph.Output(product, OnnxElementType.Float, "rows", 3);
        return ModelSource.FromMemory(graph.ToBytes(), $"times {factor}");
    }

    [Test]
    public void Rent_EqualGraphsAndSettings_ShareASessionUntilTheLastLeaseEnds()
    {
        var pool = new SessionPool();
        SessionLease first = pool.Rent(Doubler(), new SessionSettings());
        SessionLease second = pool.Rent(Doubler(), new SessionSettings());
        Assert.That(second.Session, Is.SameAs(first.Session));
        Assert.That(pool.SessionCount, Is.EqualTo(1));
        first.Dispose();
        first.Dispose();
        Assert.That(pool.SessionCount, Is.EqualTo(1));
        Assert.That(() => first.Session, Throws.TypeOf<ObjectDisposedException>());
        second.Dispose();
        Assert.That(pool.SessionCount, Is.Zero);
    }

    [Test]
    public void Rent_OtherGraphOrSettings_HaveSessionsOfTheirOwn()
    {
        var pool = new SessionPool();
        using SessionLease two = pool.Rent(Doubler(2), new SessionSettings());
        using SessionLease three = pool.Rent(Doubler(3), new SessionSettings());
        using SessionLease threads = pool.Rent(Doubler(2), new SessionSettings { IntraOpThreadCount = 1 });
        Assert.That(pool.SessionCount, Is.EqualTo(3));
    }

    [Test]
    public void Rent_FromManyThreads_MakesOneSession()
    {
        var pool = new SessionPool();
        ModelSource source = Doubler();
        var leases = new SessionLease[16];
        Parallel.For(0, leases.Length, i => leases[i] = pool.Rent(source, new SessionSettings()));
        Assert.That(leases.Select(l => l.Session).Distinct().Count(), Is.EqualTo(1));
        foreach (SessionLease lease in leases)
            lease.Dispose();
        Assert.That(pool.SessionCount, Is.Zero);
    }

    [Test]
    public void Rent_GraphThatOnnxRuntimeRefuses_LeavesNothingBehind()
    {
        var graph = new GraphBuilder();
        graph.Output(graph.Node("NoSuchOperator", [graph.Input("x", OnnxElementType.Float, 1)], "y"), OnnxElementType.Float, 1);
        var pool = new SessionPool();
        Assert.That(() => pool.Rent(ModelSource.FromMemory(graph.ToBytes(), "odd"), new SessionSettings()),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("'odd'").And.Message.Contains("NoSuchOperator"));
        Assert.That(pool.SessionCount, Is.Zero);
    }

    [Test]
    public void Rent_ModelThatBeginsAsAnotherFormat_IsReadAsOnnxLikeTheGuardReadsIt()
    {
        OnnxModel model = OnnxModel.FromBytes(Doubler().Bytes!.Value, "doubler") with { ProducerName = "ORTM" };
        byte[] bytes = model.ToBytes();
        // Where ONNX Runtime's own format has its mark.
        Assert.That(bytes.AsSpan(4, 4).SequenceEqual("ORTM"u8));
        using SessionLease lease = new SessionPool().Rent(ModelSource.FromMemory(bytes, "doubler"), new SessionSettings());
        Assert.That(lease.Session.Inputs[0].Name, Is.EqualTo("x"));
    }

    [Test]
    public void Rent_GraphWithAnOutputThatIsNoTensor_OffersTheOthers()
    {
        OnnxModel model = OnnxModel.FromBytes(Doubler().Bytes!.Value, "doubler");
        // A ValueInfo "list" of type sequence of float tensors, as classifiers' converters write beside the scores.
        byte[] list = [0x0A, 4, .. "list"u8, 0x12, 8, 0x22, 6, 0x0A, 4, 0x0A, 2, 0x08, 1];
        OnnxGraph graph = model.Graph with
        {
            Nodes = [.. model.Graph.Nodes, new OnnxNode { OpType = "SequenceConstruct", Inputs = ["y"], Outputs = ["list"] }],
            Outputs = [.. model.Graph.Outputs, OnnxValue.Read(list, new ReadContext("list", folder: null))],
        };
        using SessionLease lease = new SessionPool().Rent(ModelSource.FromMemory(model.WithGraph(graph).ToBytes(), "two outputs"), new SessionSettings());
        Assert.That(lease.Session.Outputs.Select(o => o.Name), Is.EqualTo(["y"]));
    }

    [Test]
    public void Run_OfAShapeTheGraphCannotTake_NamesInputsAndTheirShapes()
    {
        var graph = new GraphBuilder();
        string sum = graph.Node("Add", [graph.Input("x", OnnxElementType.Float, "rows", "columns"), graph.Initializer("two", [1f, 2f], 2)], "y");
        graph.Output(sum, OnnxElementType.Float, "rows", "columns");
        using SessionLease lease = new SessionPool().Rent(ModelSource.FromMemory(graph.ToBytes(), "adder"), new SessionSettings());
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(new float[3], [1, 3]);
        Assert.That(() => lease.Session.RunAllocating(["x"], [input], ["y"], 1),
            Throws.InvalidOperationException.With.Message.Contains("'adder'").And.Message.Contains("'x' [1, 3]"));
    }

    [Test]
    public void Rent_FileChangedSinceItWasOpened_IsRefused()
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}.onnx");
        try
        {
            File.WriteAllBytes(path, Doubler(2).Bytes!.Value.ToArray());
            var source = ModelSource.FromFile(path);
            string before = source.Sha256;
            File.WriteAllBytes(path, Doubler(3).Bytes!.Value.ToArray());
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(1));
            Assert.That(() => new SessionPool().Rent(source, new SessionSettings()), Throws.TypeOf<InvalidDataException>().With.Message.Contains(before));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void Lease_Forgotten_GivesItsSessionBack()
    {
        var pool = new SessionPool();
        Forget(pool);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.That(pool.SessionCount, Is.Zero);
    }

    [Test]
    public void Run_IntoReusedBuffers_GivesEachRunItsValues()
    {
        using SessionLease lease = new SessionPool().Rent(Doubler(), new SessionSettings());
        var input = new PinnedBuffer<float>();
        var output = new PinnedBuffer<float>();
        foreach (int rows in (int[])[1, 5, 2])
        {
            input.Resize(rows * 3);
            output.Resize(rows * 3);
            for (int i = 0; i < rows * 3; i++)
                input.Span[i] = i + rows;
            using OrtValue x = input.AsTensor([rows, 3]);
            using OrtValue y = output.AsTensor([rows, 3]);
            lease.Session.Run(["x"], [x], ["y"], [y], rows);
            Assert.That(output.Span.ToArray(), Is.EqualTo(Enumerable.Range(0, rows * 3).Select(i => 2f * (i + rows))));
        }
        Assert.That(lease.Session.RowCount, Is.EqualTo(8));
        Assert.That(lease.Session.RunCount, Is.EqualTo(3));
    }

    [Test]
    public void Run_WrongShape_NamesTheGraph()
    {
        using SessionLease lease = new SessionPool().Rent(Doubler(), new SessionSettings());
        using OrtValue x = OrtValue.CreateTensorValueFromMemory(new float[4], [1, 4]);
        Assert.That(() => lease.Session.RunAllocating(["x"], [x], ["y"], 1), Throws.InvalidOperationException.With.Message.Contains("'times 2'"));
    }

    [Test]
    public void Ports_OfASession_KeepNamesOfOpenAxes()
    {
        using SessionLease lease = new SessionPool().Rent(Doubler(), new SessionSettings());
        Assert.That(lease.Session.Inputs[0].ToString(), Is.EqualTo("'x' Float [rows, 3]"));
        Assert.That(lease.Session.Target, Is.EqualTo(ComputeTarget.Cpu));
        Assert.That(lease.Session.ActiveProvider, Is.EqualTo("CPUExecutionProvider"));
    }

    // In a method of its own, so that no local keeps the lease alive.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Forget(SessionPool pool)
    {
        pool.Rent(Doubler(), new SessionSettings());
        Assert.That(pool.SessionCount, Is.EqualTo(1));
    }
}
