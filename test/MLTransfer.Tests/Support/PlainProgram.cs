using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Tests.Support;

/// <summary>A program that has ML.NET and nothing of ours: it loads a model and scores rows.</summary>
internal static class PlainProgram
{
    public static string FilePath { get; } = typeof(PlainProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "PlainLoader").Value!;

    /// <summary>Saves the model, and what the program prints of these columns: one row a line, tabs between columns.</summary>
    /// <param name="ml">Saves.</param>
    /// <param name="model">The model.</param>
    /// <param name="data">The rows.</param>
    /// <param name="input">The vector column that the model reads; no other is there.</param>
    /// <param name="columns">The columns to print.</param>
    public static async Task<string[]> Score(MLContext ml, ITransformer model, IDataView data, string input, string[] columns)
    {
        string folder = Directory.CreateDirectory(Path.Combine(TestContext.CurrentContext.WorkDirectory, $"plain-{Guid.NewGuid():N}")).FullName;
        try
        {
            string zip = Path.Combine(folder, "model.zip"), rows = Path.Combine(folder, "rows.tsv");
            IDataView only = ml.Transforms.SelectColumns(input).Fit(data).Transform(data);
            ml.Model.Save(model, only.Schema, zip);
            await File.WriteAllLinesAsync(rows, data.GetColumn<VBuffer<float>>(input).Select(v => string.Join('\t', v.DenseValues().Select(Text))));
            ProcessStartInfo start = new(Environment.ProcessPath is string host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (string argument in (string[])[FilePath, zip, rows, .. columns])
                start.ArgumentList.Add(argument);
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
            await process.WaitForExitAsync(limit.Token);
            Assert.That(process.ExitCode, Is.Zero, await errors);
            return [.. (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.TrimEnd('\r'))];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);
}
