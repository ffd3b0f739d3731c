using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML;
using MLTransfer.Onnx.Sessions;
using MLTransfer.Testing;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Parity;

/// <summary>Prediction after prediction, memory outside the managed heap stays what the first ones needed.</summary>
internal sealed class NativeMemoryTests
{
    // Pages of the process. Measured: −25 to 2.2 MB, since machine code is still made better and freed pages of earlier tests go back. Outputs forgotten
    // by each of 400 predictions of the real encoder, 23 KB for fifteen tokens, are 9 MB.
    private const double PagesToleranceInMegabytes = 6;

    // What native code holds of the C library, on Linux. Measured: −4 to 0.7 MB, most of it the compiler's. Two tensors forgotten by each of
    // 8,000 predictions are 4.3 MB by their bookkeeping alone.
    private const double HeldToleranceInMegabytes = 1.5;

    [Test]
    public void Predict_TenThousandTimes_NativeMemoryPlateausAndSessionsReturn() =>
        AssertPlateau(() => TinyBackbones.Text(), TinyTexts.Distinct(500), warmUp: 2_000, total: 10_000);

    [Test]
    public void Predict_WithTheRealEncoder_NativeMemoryPlateausAndSessionsReturn()
    {
        string folder = RealAssets.Model("all-minilm-l6-v2");
        AssertPlateau(() => Backbone.Open(folder), RealTexts.Questions(50), warmUp: 100, total: 500);
    }

    private static void AssertPlateau(Func<Backbone> open, string[] texts, int warmUp, int total)
    {
        // The machine code of what is called often is made anew, and better, for some seconds; that is memory too.
        var ml = new MLContext(0);
        using (var compiled = ml.Model.CreatePredictionEngine<TextRows.Row, Prediction>(TextRows.Fit(ml, TinyBackbones.Text())))
            Predict(compiled, TinyTexts.Distinct(500), 0, 5_000);
        CollectEverything();
        int sessions = SessionPool.Shared.SessionCount;
        Backbone backbone = open();
        TextEmbeddingTransformer model = TextRows.Fit(ml, backbone);
        using (var engine = ml.Model.CreatePredictionEngine<TextRows.Row, Prediction>(model))
        {
            Assert.That(SessionPool.Shared.SessionCount, Is.EqualTo(sessions + (Environment.ProcessorCount == 1 ? 1 : 2)), "one for packs, one for single rows");
            Predict(engine, texts, 0, warmUp);
            (double pages, double? held) = NativeMegabytes();
            Predict(engine, texts, warmUp, total);
            (double latePages, double? lateHeld) = NativeMegabytes();
            TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"native memory, {warmUp} to {total} predictions: pages {pages:f1} to {latePages:f1} MB, held {held:f2} to {lateHeld:f2} MB"));
            Assert.That(latePages - pages, Is.LessThan(PagesToleranceInMegabytes), "pages of the process");
            if (held is not null)
                Assert.That(lateHeld - held, Is.LessThan(HeldToleranceInMegabytes), "held of the C library");
            Assert.That(model.RowsRun, Is.EqualTo(total), "no prediction came from a cache");
        }
        Assert.That(SessionPool.Shared.SessionCount, Is.EqualTo(sessions), "the engine disposed the model, which gave its session back");
    }

    private static void Predict(PredictionEngine<TextRows.Row, Prediction> engine, string[] texts, int from, int to)
    {
        var row = new TextRows.Row();
        var prediction = new Prediction();
        for (int i = from; i < to; i++)
        {
            row.Text = texts[i % texts.Length];
            engine.Predict(row, ref prediction);
        }
    }

    /// <summary>The process's pages less the managed heap's; and, where the C library counts it, what was allocated from it and not freed.</summary>
    private static (double Pages, double? Held) NativeMegabytes()
    {
        CollectEverything();
        double? held = NativeLibrary.TryLoad("libc.so.6", out nint library) && NativeLibrary.TryGetExport(library, "mallinfo2", out nint count)
            ? Marshal.GetDelegateForFunctionPointer<CountAllocations>(count)().HeldMegabytes : null;
        return ((Environment.WorkingSet - GC.GetGCMemoryInfo().TotalCommittedBytes) / 1e6, held);
    }

    private static void CollectEverything()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
    }

    private delegate Allocations CountAllocations();

    /// <summary>struct mallinfo2 of glibc 2.33 and later: the fifth counter (large blocks) and the eighth (small ones) are bytes in use.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Allocations
    {
        private readonly nuint _arena, _freeBlocks, _fastBlocks, _largeBlocks, _largeBytes, _unused, _fastBytes, _smallBytes, _freeBytes, _top;

        public double HeldMegabytes => (_largeBytes + _smallBytes) / 1e6;
    }

    private sealed class Prediction
    {
        public float[] Features { get; set; } = [];
    }
}
