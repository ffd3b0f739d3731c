using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Testing;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Export;

/// <summary>An exported file in onnxruntime-node, another language and another build of ONNX Runtime.</summary>
internal sealed class NodeTests
{
    private static readonly string Script = Path.Combine(Assets.RepositoryRoot, "test", "MLTransfer.Benchmarks", "Peers", "onnxruntime.cjs");

    [Test]
    public void Export_InOnnxRuntimeNode_ScoresTheSame()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        using var model = ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor(), normalize: true))
            .Append(ml.MulticlassClassification.Trainers.LinearHead()).Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(data);
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"node-{Guid.NewGuid():N}.onnx");
        try
        {
            model.ExportOnnx(path);
            float[][] rows = ExportRows.Numbers(data);
            Dictionary<string, double[]> found = Run(path, new() { ["obs"] = new { type = "float32", dims = new[] { rows.Length, 3 }, data = rows.SelectMany(r => r) } });
            IDataView scored = model.Transform(data);
            using var exported = new ExportedModel(File.ReadAllBytes(path));
            Assert.That(found["Score"], Is.EqualTo(ExportedModel.Flat(Columns.Vectors(scored, "Score"))).Within(1e-5));
            Assert.That(found["PredictedLabel"].Select(i => exported.Labels()[(int)i]), Is.EqualTo(scored.GetColumn<string>("PredictedLabel")));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Dictionary<string, double[]> Run(string path, Dictionary<string, object> inputs)
    {
        var start = new ProcessStartInfo("node", [Script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Process? process = null;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            Assert.Ignore($"node is not on this machine: {e.Message}");
        }
        using (process)
        {
            process!.StandardInput.Write(JsonSerializer.Serialize(new { model = path, inputs }));
            process.StandardInput.Close();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            Assert.That(process.WaitForExit(TimeSpan.FromMinutes(1)), "node did not end within a minute");
            if (process.ExitCode == 3)
                Assert.Ignore("onnxruntime-node is not installed: run 'npm install --ignore-scripts' in test/MLTransfer.Benchmarks/Peers.");
            Assert.That(process.ExitCode, Is.Zero, errors.Result);
            return JsonSerializer.Deserialize<Dictionary<string, double[]>>(output)!;
        }
    }
}
