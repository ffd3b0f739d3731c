using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using MLTransfer.Cli.Inspection;
using MLTransfer.Cli.Rendering;
using MLTransfer.Persistence;
using Spectre.Console;

namespace MLTransfer.Cli.Commands;

/// <summary>`mltransfer export`: a saved model as one ONNX graph.</summary>
internal static class ExportCommand
{
    public const string Name = "export";

    public static string[] Examples { get; } =
    [
        "mltransfer export model.zip model.onnx",
        "mltransfer export model.zip exported --features",
        "mltransfer export model.zip model.onnx --sequence-length 64 --json",
    ];

    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "A model.zip that ML.NET saved, with one embedding step and perhaps a head." };
        var output = new Argument<string>("output")
        {
            Description = "A file that ends in .onnx, or a folder that receives the graph, its card and its tokenizer. What is there already is replaced.",
        };
        var features = new Option<bool>("--features") { Description = "Deliver the features beside the scores." };
        var length = new Option<int?>("--sequence-length") { Description = "Fix the open axis besides the batch's: tokens of a text, steps of a sequence." };
        length.Validators.Add(result =>
        {
            // What is no number at all is the parser's own error.
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out int size) && size < 1)
                result.AddError("--sequence-length is at least 1.");
        });
        var json = new Option<bool>("--json") { Description = "One JSON object for programs." };
        var command = new Command(Name, "Write a saved model as one ONNX graph that ONNX Runtime runs in any language.") { model, output, features, length, json };
        // On a thread of its own: the parser listens for Ctrl-C only once the action has given it a task to wait for.
        command.SetAction((parsed, cancel) => Task.Run(
            () =>
            {
                string path = parsed.GetRequiredValue(output);
                var options = new ExportOptions { IncludeFeatures = parsed.GetValue(features), SequenceLength = parsed.GetValue(length), CancellationToken = cancel };
                ITransformer loaded = CheckedModel.Load(new MLContext(), parsed.GetRequiredValue(model), out _);
                using (loaded as IDisposable)
                    loaded.ExportOnnx(path, options);
                var report = ExportReport.Of(path);
                if (parsed.GetValue(json))
                    JsonOutput.Write(parsed.InvocationConfiguration.Output, report);
                else
                    Write(Tool.Console(parsed), report);
                return ExitCode.Done;
            },
            CancellationToken.None));
        return command;
    }

    private static void Write(IAnsiConsole console, ExportReport report) => PairTable.Write(console,
    [
        ("Written", $"{report.Path} ({Sizes.Bytes(report.ByteCount)})"),
        ("Task", report.Task ?? "features"),
        .. report.Labels.Count == 0 ? [] : (IEnumerable<(string, string)>)[("Labels", string.Join(", ", report.Labels))],
        .. report.Inputs.Select((p, i) => (i == 0 ? "Inputs" : "", ModelReportTable.Describe(p))),
        .. report.Outputs.Select((p, i) => (i == 0 ? "Outputs" : "", ModelReportTable.Describe(p))),
        .. report.Batching is string batching ? [("Batching", batching)] : (IEnumerable<(string, string)>)[],
    ]);
}
