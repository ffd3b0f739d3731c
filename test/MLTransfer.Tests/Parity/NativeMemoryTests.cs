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
    // Measured: growth up to GROWTH MB, what ran before or nothing. Two tensors forgotten by each of 8,000 predictions, with their bookkeeping alone, are 3 to 6 MB.
    private const double TinyToleranceInMegabytes = 2;

    // Measured: between −3 and 0 MB. An output forgotten by each of 400 predictions, 23 KB for fifteen tokens, is 9 MB.
    private const double RealToleranceInMegabytes = 3;

    [Test]
    public void Predict_TenThousandTimes_NativeMemoryPlateausAndSessionsReturn() =>
        AssertPlateau(() => TinyBackbones.Text(), TinyTexts.Distinct(500), warmUp: 2_000, total: 10_000, TinyToleranceInMegabytes);

    [Test]
    public void Predict_WithTheRealEncoder_NativeMemoryPlateausAndSessionsReturn()
    {
        string folder = RealAssets.Model("all-minilm-l6-v2");
        AssertPlateau(() => Backbone.Open(folder), RealTexts.Questions(50), warmUp: 100, total: 500, RealToleranceInMegabytes);
    }

    private static void AssertPlateau(Func<Backbone> open, string[] texts, int warmUp, int total, double tolerance)
    {
        // The machine code of what is called often is made anew, and better, for some seconds; that is memory too.
        var ml = new MLContext(0);
        using (PredictionEngine<TextRows.Row, Prediction> compiled = ml.Model.CreatePredictionEngine<TextRows.Row, Prediction>(TextRows.Fit(ml, TinyBackbones.Text())))
            Predict(compiled, TinyTexts.Distinct(500), 0, 5_000);
        CollectEverything();
        int sessions = SessionPool.Shared.SessionCount;
        Backbone backbone = open();
        TextEmbeddingTransformer model = TextRows.Fit(ml, backbone);
        using (PredictionEngine<TextRows.Row, Prediction> engine = ml.Model.CreatePredictionEngine<TextRows.Row, Prediction>(model))
        {
            Assert.That(SessionPool.Shared.SessionCount, Is.EqualTo(sessions + 1));
            Predict(engine, texts, 0, warmUp);
            double early = NativeMegabytes();
            Predict(engine, texts, warmUp, total);
            double late = NativeMegabytes();
            TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"native memory after {warmUp} predictions {early:f1} MB, after {total} {late:f1} MB"));
            Assert.That(late - early, Is.LessThan(tolerance), "megabytes");
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

    /// <summary>The process's memory less what the managed heap holds of it.</summary>
    private static double NativeMegabytes()
    {
        CollectEverything();
        // Else pages that earlier tests used and freed would take in what is forgotten here. Only glibc keeps and returns pages so.
        if (NativeLibrary.TryLoad("libc.so.6", out nint library) && NativeLibrary.TryGetExport(library, "malloc_trim", out nint trim))
            Marshal.GetDelegateForFunctionPointer<Trim>(trim)(0);
        return (Environment.WorkingSet - GC.GetGCMemoryInfo().TotalCommittedBytes) / 1e6;
    }

    private static void CollectEverything()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
    }

    private delegate int Trim(nuint padding);

    private sealed class Prediction
    {
        public float[] Features { get; set; } = [];
    }
}
