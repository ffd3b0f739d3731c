using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MLTransfer.Cli.Demo;
using MLTransfer.Cli.Rendering;
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
        "mltransfer demo --output tickets.zip",
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
        var command = new Command(Name, "Sort support tickets, or your photos, with a handful of labels: accuracy with transfer beside without, a saved model, new rows scored.")
        {
            backbone, images, preprocessing, feature, seeds, output,
        };
        // On a thread of its own: the parser listens for Ctrl-C only once the action has given it a task to wait for.
        command.Validators.Add(result =>
        {
            if (result.GetValue(images) is null && (result.GetValue(preprocessing) ?? result.GetValue(feature)) is not null)
                result.AddError("--preprocessing and --feature belong to --images.");
            if (result.GetValue(images) is not null && result.GetValue(backbone) is null)
                result.AddError("--images needs an image backbone: give --backbone. The one inside this tool reads texts.");
        });
        command.SetAction((parsed, cancel) => Task.Run(
            () =>
            {
                IAnsiConsole console = Tool.Console(parsed);
                int seedCount = parsed.GetValue(seeds);
                string path = parsed.GetRequiredValue(output);
                OutputFile.Check(path, "--output");
                return parsed.GetValue(images) is string folder
                    ? RunOnPhotos(console, folder, PhotoBackbone.Open(parsed.GetRequiredValue(backbone)!, parsed.GetValue(preprocessing), parsed.GetValue(feature)), seedCount, path, cancel)
                    : RunOnTickets(console, parsed.GetValue(backbone), seedCount, path, cancel);
            },
            CancellationToken.None));
        return command;
    }

    private static int RunOnTickets(IAnsiConsole console, string? pathOrName, int seedCount, string output, CancellationToken cancel)
    {
        Backbone backbone = pathOrName is null ? DefaultBackbones.Text : Backbone.Open(pathOrName);
        var demo = new TicketDemo(backbone);
        console.WriteLine(PlainText.Of($"{demo.RowCount} support tickets in {demo.ClassCount} classes; backbone {backbone}"));
        return Run(console, output, "hashed n-grams", progress => demo.Compare(seedCount, progress, cancel), demo.TrainAndSave, $"Trained on all {demo.RowCount} tickets", "New tickets",
            path => ScoredTicketTable.Write(console, TicketDemo.LoadAndScore(path)), cancel);
    }

    private static int RunOnPhotos(IAnsiConsole console, string folder, Backbone backbone, int seedCount, string output, CancellationToken cancel)
    {
        var photos = Photos.Read(folder);
        foreach (string problem in photos.Problems)
            console.WriteLine(PlainText.Of($"left out: {problem}"));
        console.WriteLine(PlainText.Of($"{photos.Rows.Count} photos in {photos.Classes.Count} classes, {photos.Problems.Count} left out; backbone {backbone}"));
        var demo = new PhotoDemo(backbone, photos);
        return Run(console, output, "16 × 16 pixels", progress => demo.Compare(seedCount, progress, cancel), demo.TrainAndSave, "Trained on all photos but those below",
            "Photos it has not seen", path => ScoredPhotoTable.Write(console, demo.LoadAndScore(path)), cancel);
    }

    /// <summary>Compares, trains, saves, loads and scores, and says so.</summary>
    private static int Run(
        IAnsiConsole console, string output, string without, Func<IProgress<CompareProgress>, TransferComparison> compare, Action<string> trainAndSave, string trained,
        string scored, Action<string> loadAndShow, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        console.WriteLine();
        TransferComparison comparison = RunProgress.Show(console, "Training and measuring", compare);
        cancel.ThrowIfCancellationRequested();
        ComparisonTable.Write(console, comparison, without);
        console.WriteLine();

        trainAndSave(output);
        console.WriteLine($"{trained}, saved as {output} ({Sizes.Bytes(new FileInfo(output).Length)}), loaded again. {scored}:");
        console.WriteLine();
        loadAndShow(output);
        console.WriteLine();
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Done in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} seconds."));
        return ExitCode.Done;
    }
}
