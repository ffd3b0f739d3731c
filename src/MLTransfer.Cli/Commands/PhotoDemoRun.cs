using System.Diagnostics;
using System.Globalization;
using MLTransfer.Cli.Demo;
using MLTransfer.Cli.Rendering;
using Spectre.Console;

namespace MLTransfer.Cli.Commands;

/// <summary>`mltransfer demo --images`: the demo on somebody's own photos.</summary>
internal static class PhotoDemoRun
{
    public static int Run(IAnsiConsole console, string folder, Backbone backbone, int seedCount, string output, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        OutputFile.Check(output, "--output");
        var photos = Photos.Read(folder);
        foreach (string problem in photos.Problems)
            console.WriteLine(PlainText.Of($"left out: {problem}"));
        console.WriteLine(PlainText.Of($"{photos.Rows.Count} photos in {photos.Classes.Count} classes, {photos.Problems.Count} left out; backbone {backbone}"));
        console.WriteLine();

        var demo = new PhotoDemo(backbone, photos);
        TransferComparison comparison = RunProgress.Show(console, "Training and measuring", progress => demo.Compare(seedCount, progress, cancel));
        cancel.ThrowIfCancellationRequested();
        ComparisonTable.Write(console, comparison, "16 × 16 pixels");
        console.WriteLine();

        demo.TrainAndSave(output);
        console.WriteLine($"Trained on all photos but those below, saved as {output} ({Sizes.Bytes(new FileInfo(output).Length)}), loaded again. Photos it has not seen:");
        console.WriteLine();
        ScoredPhotoTable.Write(console, demo.LoadAndScore(output));
        console.WriteLine();
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Done in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} seconds."));
        return ExitCode.Done;
    }
}
