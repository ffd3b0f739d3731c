using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Tests.Heads;

/// <summary>Fitted linear heads in a process where none of our assemblies lies.</summary>
internal sealed class PlainLoadTests
{
    private static string Program { get; } = typeof(PlainLoadTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "PlainLoader").Value!;

    [Test]
    public void PlainLoader_HasNothingOfOurs() =>
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(Program)!, "MLTransfer*.dll").Select(Path.GetFileName), Is.EqualTo(new[] { "MLTransfer.PlainLoader.dll" }));

    [Test]
    public async Task Load_OfAMulticlassHead_ByMlNetAlone_ScoresTheSame()
    {
        var ml = new MLContext(0);
        IDataView data = HeadRows.Keyed(ml, HeadRows.Make(30));
        var model = ml.MulticlassClassification.Trainers.LinearHead().Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(data);
        IDataView scored = model.Transform(data);
        await AssertPlainlyEqual(ml, model, data, ["Score", "PredictedLabel"],
            [.. scored.GetColumn<VBuffer<float>>("Score").Zip(scored.GetColumn<string>("PredictedLabel"), (s, l) => $"{string.Join(" ", s.DenseValues().Select(Text))}\t{l}")]);
    }

    [Test]
    public async Task Load_OfABinaryHead_ByMlNetAlone_ScoresTheSame()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(HeadRows.Make(30));
        var model = ml.BinaryClassification.Trainers.LinearHead("Flag").Fit(data);
        IDataView scored = model.Transform(data);
        string[] scores = [.. scored.GetColumn<float>("Score").Select(Text)];
        string[] probabilities = [.. scored.GetColumn<float>("Probability").Select(Text)];
        await AssertPlainlyEqual(ml, model, data, ["Score", "Probability", "PredictedLabel"],
            [.. scored.GetColumn<bool>("PredictedLabel").Select((p, i) => $"{scores[i]}\t{probabilities[i]}\t{p}")]);
    }

    [Test]
    public async Task Load_OfARegressionHead_ByMlNetAlone_ScoresTheSame()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(HeadRows.Make(30));
        var model = ml.Regression.Trainers.LinearHead("Amount").Fit(data);
        await AssertPlainlyEqual(ml, model, data, ["Score"], [.. model.Transform(data).GetColumn<float>("Score").Select(Text)]);
    }

    private static async Task AssertPlainlyEqual(MLContext ml, ITransformer model, IDataView data, string[] columns, string[] expected)
    {
        string folder = Directory.CreateDirectory(Path.Combine(TestContext.CurrentContext.WorkDirectory, $"plain-{Guid.NewGuid():N}")).FullName;
        try
        {
            string zip = Path.Combine(folder, "model.zip"), rows = Path.Combine(folder, "rows.tsv");
            IDataView features = ml.Transforms.SelectColumns("Features").Fit(data).Transform(data);
            ml.Model.Save(model, features.Schema, zip);
            await File.WriteAllLinesAsync(rows, data.GetColumn<VBuffer<float>>("Features").Select(v => string.Join('\t', v.DenseValues().Select(Text))));
            ProcessStartInfo start = new(Environment.ProcessPath is string host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (string argument in (string[])[Program, zip, rows, .. columns])
                start.ArgumentList.Add(argument);
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
            await process.WaitForExitAsync(limit.Token);
            Assert.That(process.ExitCode, Is.Zero, await errors);
            Assert.That((await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.TrimEnd('\r')), Is.EqualTo(expected));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);
}
