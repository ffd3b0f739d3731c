using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MLTransfer.Cli.Demo;
using MLTransfer.Cli.Rendering;
using MLTransfer.Cli.Training;
using Spectre.Console;

namespace MLTransfer.Cli.Commands;

/// <summary>`mltransfer demo`: the main job from end to end on data inside this tool, without network.</summary>
internal static class DemoCommand
{
    public const string Name = "demo";

    public static string[] Examples { get; } =
    [
        "mltransfer demo",
        "mltransfer demo --backbone models/all-minilm-l6-v2 --seeds 3",
        "mltransfer demo --output tickets.zip --json",
        "mltransfer demo --images photos --backbone mobilenet.onnx --feature features --preprocessing keras-tf",
    ];

    public static Command Create()
    {
        var backbone = new Option<string?>("--backbone") { Description = "A backbone: folder, .onnx file or name. Default: the small one for texts inside this tool; needed with --images." };
        var seeds = new Option<int>("--seeds") { Description = "Random samples to repeat with.", DefaultValueFactory = _ => 5 };
        seeds.Validators.Add(result =>
        {
            // What is no number at all is the parser's own error.
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out int count) && (count is < 1 or > 1000))
                result.AddError("--seeds lies between 1 and 1000.");
        });
        var output = new Option<string>("--output") { Description = "Where the model is saved; an older file is replaced.", DefaultValueFactory = _ => "model.zip" };
        var images = new Option<string?>("--images") { Description = "Sort your own photos instead: a folder with a subfolder of photos for each class." };
        var preprocessing = new Option<string?>("--preprocessing")
        {
            Description = "How a photo becomes the backbone's input, where no card and no preprocessor_config.json says it.",
        };
        preprocessing.AcceptOnlyFromAmong([.. PhotoBackbone.Presets]);
        var feature = new Option<string?>("--feature") { Description = "The value of an image backbone's graph that is the feature, as inspect lists them." };
        var json = new Option<bool>("--json") { Description = "One JSON object for programs." };
        var command = new Command(Name, "Sort support tickets, or your photos, with a handful of labels: accuracy with transfer beside without, a saved model, new rows scored.")
        {
            backbone, images, preprocessing, feature, seeds, output, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(images) is null && (result.GetValue(preprocessing) ?? result.GetValue(feature)) is not null)
                result.AddError("--preprocessing and --feature belong to --images.");
            if (result.GetValue(images) is not null && result.GetValue(backbone) is null)
                result.AddError("--images needs an image backbone: give --backbone. The one inside this tool reads texts.");
        });
        // On a thread of its own: the parser listens for Ctrl-C only once the action has given it a task to wait for.
        command.SetAction((parsed, cancel) => Task.Run(
            () =>
            {
                bool isJson = parsed.GetValue(json);
                // With --json the output is the report alone; how far the work is goes where messages go.
                IAnsiConsole console = isJson ? Consoles.Over(parsed.InvocationConfiguration.Error) : Tool.Console(parsed);
                string path = parsed.GetRequiredValue(output);
                OutputFile.Check(path, "--output");
                string? named = parsed.GetValue(backbone);
                IDemo demo = parsed.GetValue(images) is string folder
                    ? new PhotoDemo(PhotoBackbone.Open(named!, parsed.GetValue(preprocessing), parsed.GetValue(feature), cancel), Photos.Read(folder))
                    : new TicketDemo(named is null ? DefaultBackbones.Text : Backbone.Open(named, new BackboneOptions { CancellationToken = cancel }));
                DemoReport report = Run(console, demo, parsed.GetValue(seeds), path, cancel);
                if (isJson)
                    JsonOutput.Write(parsed.InvocationConfiguration.Output, report);
                else
                    console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Done in {report.Seconds:0} seconds."));
                return ExitCode.Done;
            },
            CancellationToken.None));
        return command;
    }

    /// <summary>Compares, trains, saves, loads and scores, and says so.</summary>
    private static DemoReport Run(IAnsiConsole console, IDemo demo, int seedCount, string output, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (string problem in demo.Problems)
            console.WriteLine(PlainText.Of($"left out: {problem}"));
        console.WriteLine(PlainText.Of(demo.Description));
        console.WriteLine();
        TransferComparison comparison = RunProgress.Show(console, "Training and measuring", progress => demo.Compare(seedCount, progress, cancel), isTimeShown: true);
        cancel.ThrowIfCancellationRequested();
        ComparisonTable.Write(console, comparison, demo.Without);
        console.WriteLine();

        demo.TrainAndSave(output, cancel);
        var model = new WrittenFile(output, new FileInfo(output).Length);
        IReadOnlyList<ScoredRow> scored = demo.LoadAndScore(output);
        console.WriteLine(PlainText.Of($"{demo.Training}, saved as {output} ({Sizes.Bytes(model.ByteCount)}), loaded again. {demo.Scoring}:"));
        console.WriteLine();
        ScoredRowTable.Write(console, demo.RowName, scored);
        console.WriteLine();
        return new DemoReport
        {
            Data = demo.Description,
            RowCount = demo.RowCount,
            ClassCount = demo.ClassCount,
            LeftOut = demo.Problems,
            Backbone = demo.Backbone,
            Without = demo.Without,
            Verdict = comparison.Verdict,
            Comparison = [.. comparison.Summaries.Select(DemoComparison.Of)],
            Model = model,
            Scored = scored,
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
    }
}
