using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Training;
using MLTransfer.Onnx.Training.Graphs;

namespace MLTransfer.Onnx.Tests.Training.Graphs;

internal sealed class GraphProblemTests
{
    private static readonly TrainingOptions Options = new() { EpochCount = 20, BatchSize = 8, LearningRate = 0.02, Seed = 3 };

    [Test]
    public void Train_ClassesThatCanBeToldApart_LearnsThem()
    {
        using var tiny = new TinyTraining(heldOut: 15);
        TrainingResult result = TrainingLoop.Run(tiny.Problem, tiny.Layout, tiny.Start, Options);
        Assert.Multiple(() =>
        {
            Assert.That(result.History[^1].Metric, Is.GreaterThan(0.95));
            Assert.That(result.History[^1].TrainingLoss, Is.LessThan(result.History[0].TrainingLoss / 3));
        });
    }

    [Test]
    public void Gradient_OfEachParameter_AgreesWithFiniteDifferences()
    {
        using var tiny = new TinyTraining();
        int[] rows = [.. Enumerable.Range(0, 20)];
        var step = new StepInfo(0, 0, 0, 3, rows.Length);
        float[] gradient = tiny.Layout.Allocate();
        tiny.Problem.Gradient(rows, step, tiny.Start, gradient);
        float[] ignored = tiny.Layout.Allocate();
        foreach (TrainedTensor tensor in tiny.Layout.Tensors)
        {
            for (int i = tensor.Offset; i < tensor.Offset + tensor.Count; i++)
            {
                float before = tiny.Start[i];
                tiny.Start[i] = before + 1e-2f;
                double above = tiny.Problem.Gradient(rows, step, tiny.Start, ignored);
                tiny.Start[i] = before - 1e-2f;
                double below = tiny.Problem.Gradient(rows, step, tiny.Start, ignored);
                tiny.Start[i] = before;
                // Float rounding over the step, 1e-7 / 2e-2, and the step's square.
                Assert.That(gradient[i], Is.EqualTo((above - below) / 2e-2).Within(2e-4), $"{tensor.Name} at {i - tensor.Offset}");
            }
        }
    }

    [Test]
    public void Gradient_InShards_IsThatOfTheWholeBatch()
    {
        // Wide enough that a shard is worth a thread.
        using var one = new TinyTraining(hidden: 150_000);
        using var three = new TinyTraining(hidden: 150_000, threadCount: 3);
        int[] rows = [.. Enumerable.Range(0, 31)];
        var step = new StepInfo(0, 0, 0, 3, rows.Length);
        float[] whole = one.Layout.Allocate(), shards = three.Layout.Allocate();
        double wholeLoss = one.Problem.Gradient(rows, step, one.Start, whole);
        double shardLoss = three.Problem.Gradient(rows, step, three.Start, shards);
        Assert.Multiple(() =>
        {
            Assert.That(three.Problem.ShardCount, Is.EqualTo(3));
            Assert.That(shardLoss, Is.EqualTo(wholeLoss).Within(1e-5));
            Assert.That(shards.Zip(whole, (s, w) => Math.Abs(s - w)).Max(), Is.LessThan(1e-6));
            Assert.That(whole.Max(), Is.GreaterThan(1e-4f));
        });
    }

    [Test]
    public void Gradient_LaterMicroBatch_IsAdded()
    {
        using var tiny = new TinyTraining();
        float[] parts = tiny.Layout.Allocate(), whole = tiny.Layout.Allocate();
        tiny.Problem.Gradient([0, 1, 2], new StepInfo(0, 0, 0, 3, 5), tiny.Start, parts);
        tiny.Problem.Gradient([3, 4], new StepInfo(0, 0, 1, 3, 5), tiny.Start, parts);
        tiny.Problem.Gradient([0, 1, 2, 3, 4], new StepInfo(0, 0, 0, 3, 5), tiny.Start, whole);
        Assert.That(parts, Is.EqualTo(whole).Within(1e-6f));
    }

    [Test]
    public void Train_Twice_GivesTheSameBytes()
    {
        using var first = new TinyTraining(threadCount: 2);
        using var second = new TinyTraining(threadCount: 2);
        float[] one = TrainingLoop.Run(first.Problem, first.Layout, first.Start, Options).Parameters;
        float[] two = TrainingLoop.Run(second.Problem, second.Layout, second.Start, Options).Parameters;
        Assert.That(one, Is.EqualTo(two));
    }

    [Test]
    public void Gradient_SameRowCount_AllocatesLittle()
    {
        using var tiny = new TinyTraining();
        int[] rows = [.. Enumerable.Range(0, 16)];
        float[] gradient = tiny.Layout.Allocate();
        for (int i = 0; i < 10; i++)
            tiny.Problem.Gradient(rows, new StepInfo(i, 0, 0, 3, rows.Length), tiny.Start, gradient);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            tiny.Problem.Gradient(rows, new StepInfo(i, 0, 0, 3, rows.Length), tiny.Start, gradient);
        Assert.That((GC.GetAllocatedBytesForCurrentThread() - before) / 100, Is.LessThanOrEqualTo(1024));
    }

    [Test]
    public void Gradient_TellsSourcesWhereInTheRunItIs_AndEvaluationUsesItsOwn()
    {
        using var tiny = new TinyTraining(heldOut: 6);
        var seen = new List<StepInfo>();
        var data = tiny.Data with { Sources = [new Told(tiny.Data.Sources[0], seen)], EvaluationSources = tiny.Data.Sources };
        using var problem = new GraphProblem(tiny.Graph, tiny.Layout, data, "tiny", threadCount: 1);
        var step = new StepInfo(17, 4, 2, 3, 5);
        problem.Gradient([0, 1], step, tiny.Start, tiny.Layout.Allocate());
        problem.Evaluate(tiny.Start, CancellationToken.None);
        Assert.That(seen, Is.EqualTo(new[] { step }));
    }

    private sealed class Told(IRowSource inner, List<StepInfo> seen) : IRowSource
    {
        public string InputName => inner.InputName;

        public RowTensor CreateTensor() => new Tensor(inner.CreateTensor(), seen);

        private sealed class Tensor(RowTensor inner, List<StepInfo> seen) : RowTensor
        {
            public override OrtValue Fill(ReadOnlySpan<int> rows, int longest, in StepInfo step)
            {
                seen.Add(step);
                return inner.Fill(rows, longest, step);
            }
        }
    }
}
