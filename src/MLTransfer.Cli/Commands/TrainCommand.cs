using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Cli.Data;
using MLTransfer.Cli.Inspection;
using MLTransfer.Cli.Rendering;
using MLTransfer.Cli.Training;
using MLTransfer.Export;
using Spectre.Console;

namespace MLTransfer.Cli.Commands;

/// <summary>`mltransfer train`: labelled texts or pictures in, a saved model and what it is worth out.</summary>
internal static class TrainCommand
{
    public const string Name = "train";

    // Room for the names of a few classes on one line.
    private const int ShownClasses = 8;
    private const int ShownProblems = 10;

    public static string[] Examples { get; } =
    [
        "mltransfer train tickets.csv model.zip",
        "mltransfer train tweets.tsv model.zip --backbone models/all-minilm-l6-v2 --fine-tune last:2 --checkpoint run.state",
        "mltransfer train mails.tsv model.zip --text-column subject --label-column folder --head mlp --epochs 30",
        "mltransfer train photos model.zip --backbone mobilenet.onnx --feature features --preprocessing keras-tf --fine-tune last:1",
        "mltransfer train folder-of-texts model.zip --hold-out 0 --export model.onnx --json",
    ];

    public static Command Create()
    {
        var options = new TrainOptions();
        var command = new Command(Name, "Train a model on your labelled texts or pictures, measure it on rows held out, and save it. A fine-tuned backbone is compared with the frozen one.");
        options.AddTo(command);
        // On a thread of its own: the parser listens for Ctrl-C only once the action has given it a task to wait for.
        command.SetAction((parsed, cancel) => Task.Run(
            () =>
            {
                try
                {
                    return Cancellation.Unwrapped(() => Run(parsed, options, cancel));
                }
                catch (OperationCanceledException e) when (parsed.GetValue(options.Checkpoint) is string path && File.Exists(path))
                {
                    throw CancelledWithStateException.OfTraining(path, e);
                }
            },
            CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, TrainOptions options, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        bool isJson = parsed.GetValue(options.Json);
        // With --json the output is the report alone; how far the work is goes where messages go.
        IAnsiConsole console = isJson ? Consoles.Over(parsed.InvocationConfiguration.Error) : Tool.Console(parsed);
        string data = parsed.GetRequiredValue(options.Data);
        string output = parsed.GetRequiredValue(options.Model);
        string? export = parsed.GetValue(options.Export);
        TrainSettings settings = options.Settings(parsed);
        CheckFiles(data, output, settings.CheckpointPath, export);

        var rows = LabelledData.Read(data, parsed.GetRequiredValue(options.TextColumn), parsed.GetRequiredValue(options.LabelColumn), cancel);
        Backbone backbone = TrainBackbone.Open(parsed.GetValue(options.Backbone), rows.Modality, parsed.GetValue(options.Preprocessing), parsed.GetValue(options.Feature), cancel);
        TrainedParts? parts = settings.FineTune is FreezingPlan plan ? TrainedParts.Of(backbone, plan, settings.Int8ToFloat) : null;
        var trainer = new ModelTrainer(backbone, rows, settings);
        Announce(console, rows, backbone, trainer, parts);

        HeldOutMeasure? frozen = settings.IsByEpochs && trainer.HeldOutRowCount > 0 ? MeasureFrozen(console, trainer, cancel) : null;
        using TransformerChain<ITransformer> model = settings.IsByEpochs
            ? TrainingBar.Show(console, trainer.EpochCount, progress => trainer.Train(progress, cancel)) : trainer.Train(null, cancel);
        HeldOutMeasure? measured = trainer.HeldOutRowCount > 0 ? trainer.Measure(model, cancel) : null;
        trainer.Save(model, output);
        if (export is not null)
            model.ExportOnnx(export, new ExportOptions { CancellationToken = cancel });
        var report = new TrainReport
        {
            Data = data,
            Modality = rows.Modality,
            Classes = rows.Classes,
            LeftOut = rows.Problems,
            TrainingRowCount = trainer.TrainingRowCount,
            HeldOutRowCount = trainer.HeldOutRowCount,
            Seed = settings.Seed,
            Backbone = backbone.Name,
            Head = settings.Head,
            HeadParameterCount = trainer.HeadParameterCount,
            FineTuned = parts,
            HeldOut = measured?.Metrics,
            LargestClassShare = measured is null ? null : trainer.LargestClassShare,
            Frozen = measured is null || frozen is null ? null : FrozenComparison.Of(measured, frozen),
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
            Model = new WrittenFile(output, new FileInfo(output).Length),
            InputColumn = trainer.InputColumn,
            Export = export is null ? null : Exported(export),
        };
        if (isJson)
            JsonOutput.Write(parsed.InvocationConfiguration.Output, report);
        else
            TrainReportText.Write(console, report);
        return ExitCode.Done;
    }

    /// <summary>Refuses files that cannot be written, or that are one, before the work.</summary>
    private static void CheckFiles(string data, string output, string? checkpoint, string? export)
    {
        OutputFile.Check(output, "The argument 'model'");
        if (checkpoint is not null)
            OutputFile.Check(checkpoint, "--checkpoint");
        if (export is not null && ExportFiles.IsFile(export))
            OutputFile.Check(export, "--export");
        else if (export is not null)
            OutputFile.CheckFolder(export, "--export", "a folder, or a file that ends in .onnx");
        (string Name, string? Path)[] given = [("The argument 'data'", data), ("the argument 'model'", output), ("--checkpoint", checkpoint), ("--export", export)];
        IEnumerable<(string Name, string Path)> files = given.Where(f => f.Path is not null).Select(f => (f.Name, Path.GetFullPath(f.Path!)));
        if (files.GroupBy(f => f.Path, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } same)
            throw new ArgumentException($"{string.Join(" and ", same.Select(f => f.Name))} name the same file '{same.Key}'. Give each its own.");
    }

    private static void Announce(IAnsiConsole console, LabelledData rows, Backbone backbone, ModelTrainer trainer, TrainedParts? parts)
    {
        foreach (string problem in rows.Problems.Take(ShownProblems))
            console.WriteLine(PlainText.Of($"left out: {problem}"));
        if (rows.Problems.Count > ShownProblems)
            console.WriteLine($"left out: {rows.Problems.Count - ShownProblems} more");
        string classes = string.Join(", ", rows.Classes.Take(ShownClasses).Select(c => $"{c.Name} {c.RowCount}")) + (rows.Classes.Count > ShownClasses ? ", …" : "");
        console.WriteLine(PlainText.Of($"{rows.Rows.Count} {Things(rows.Modality)} in {rows.Classes.Count} classes ({classes}), {rows.Problems.Count} left out; backbone {backbone}"));
        string rest = parts is null ? "the backbone stays frozen" : $"{Sizes.Count(parts.ParameterCount)} of the backbone's {Sizes.Count(parts.BackboneParameterCount)}, {parts.Plan}: " +
            $"in {string.Join(", ", parts.Blocks)} of its blocks 0 to {parts.BlockCount - 1}";
        console.WriteLine(PlainText.Of($"Training on {trainer.TrainingRowCount} rows, {trainer.HeldOutRowCount} held out: the head's {Sizes.Count(trainer.HeadParameterCount)} numbers; {rest}"));
    }

    private static string Things(BackboneModality modality) => modality == BackboneModality.Image ? "pictures" : "texts";

    private static HeldOutMeasure MeasureFrozen(IAnsiConsole console, ModelTrainer trainer, CancellationToken cancel)
    {
        using TransformerChain<ITransformer> model = trainer.TrainFrozen(cancel);
        HeldOutMeasure measure = trainer.Measure(model, cancel);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Frozen backbone with a linear head: accuracy {measure.Metrics.Accuracy:0.000} on {trainer.HeldOutRowCount} held-out rows"));
        return measure;
    }

    private static WrittenFile Exported(string path)
    {
        var report = ExportReport.Of(path);
        return new WrittenFile(report.Path, report.ByteCount);
    }
}
