using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx;

namespace MLTransfer.Cli.Diagnosis;

/// <summary>Runs the product itself: the backbone inside this tool, as a step of a pipeline on the processor, over two sentences whose likeness is known.</summary>
internal static class ProductProof
{
    /// <summary>The cosine between the features of the two sentences, as the backbone gives it on x64; a wrong tokenizer or damaged weights give another.</summary>
    public const double ExpectedCosine = 0.6638;

    // Four digits are stated, and sums of float come out a little different on another processor.
    private const double Tolerance = 1e-3;

    private static readonly string[] Sentences = ["Where is my parcel?", "The parcel has not arrived yet."];

    public static ProductReport Run()
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            double cosine = Cosine();
            string? problem = Math.Abs(cosine - ExpectedCosine) <= Tolerance ? null
                : string.Create(CultureInfo.InvariantCulture, $"The cosine between '{Sentences[0]}' and '{Sentences[1]}' came out as {cosine:0.0000}; expected {ExpectedCosine:0.0000}.");
            return new ProductReport(problem is null, problem, cosine, ExpectedCosine, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidDataException or NotSupportedException or DllNotFoundException or TypeInitializationException or OnnxRuntimeException or IOException)
        {
            return new ProductReport(false, e.Message, null, ExpectedCosine, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    private static double Cosine()
    {
        var ml = new MLContext(seed: 0);
        IDataView rows = ml.Data.LoadFromEnumerable(Sentences.Select(s => new Row { Text = s }));
        using TextEmbeddingTransformer embedding = ml.Transforms.EmbedText(DefaultBackbones.Text, new TextEmbeddingOptions { InputColumnName = nameof(Row.Text), Target = ComputeTarget.Cpu }).Fit(rows);
        float[][] features = [.. ml.Data.CreateEnumerable<Embedded>(embedding.Transform(rows), reuseRowObject: false).Select(r => r.Features)];
        return TensorPrimitives.CosineSimilarity<float>(features[0], features[1]);
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";
    }

    private sealed class Embedded
    {
        public float[] Features { get; set; } = [];
    }
}
