using System.CommandLine;
using System.Diagnostics;
using MLTransfer.Backbones;
using MLTransfer.Cli.Data;
using MLTransfer.Cli.Rendering;
using MLTransfer.Cli.Teaching;
using MLTransfer.Cli.Training;
using Spectre.Console;

namespace MLTransfer.Cli.Commands;

/// <summary>`mltransfer distill`: a teacher and texts in, a small student and how well it learnt out.</summary>
internal static class DistillCommand
{
    public const string Name = "distill";

    public static string[] Examples { get; } =
    [
        "mltransfer distill texts.txt --teacher models/all-minilm-l6-v2 --output small",
        "mltransfer distill texts --teacher models/all-minilm-l6-v2 --student transformer --layers 2 --losses cosine:1,similarity:1:0.1 --output small --cache outputs --checkpoint run.state",
    ];

    public static Command Create()
    {
        var options = new DistillOptions();
        var command = new Command(Name, "Teach a small student what a large teacher knows: a backbone's features on texts without labels.");
        options.AddTo(command);
        // On a thread of its own: the parser listens for Ctrl-C only once the action has given it a task to wait for.
        command.SetAction((parsed, cancel) => Task.Run(
            () =>
            {
                try
                {
                    return TeachBackbone(parsed, options, cancel);
                }
                catch (OperationCanceledException e) when (parsed.GetValue(options.Checkpoint) is string path && File.Exists(path))
                {
                    throw CancelledWithStateException.OfTraining(path, e);
                }
                catch (OperationCanceledException e) when (parsed.GetValue(options.Cache) is string folder && Directory.Exists(folder))
                {
                    throw CancelledWithStateException.OfTeacher(folder, e);
                }
            },
            CancellationToken.None));
        return command;
    }

    private static int TeachBackbone(ParseResult parsed, DistillOptions options, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        bool isJson = parsed.GetValue(options.Json);
        // With --json the output is the report alone; how far the work is goes where messages go.
        IAnsiConsole console = isJson ? Consoles.Over(parsed.InvocationConfiguration.Error) : Tool.Console(parsed);
        string[] data = parsed.GetRequiredValue(options.Data);
        string folder = parsed.GetRequiredValue(options.Output);
        DistillSettings settings = options.Settings(parsed);
        OutputFile.CheckFolder(folder, "--output");
        CheckState(settings, folder, data);

        Backbone teacher = TrainBackbone.Open(parsed.GetRequiredValue(options.Teacher), BackboneModality.Text, null, null);
        var texts = TextSet.Read(data, parsed.GetRequiredValue(options.TextColumn), cancel);
        console.WriteLine(PlainText.Of($"{Sizes.Count(texts.Texts.Count)} texts from {texts.FileCount} files, {Sizes.Count(texts.DuplicateCount)} more were there before; teacher {teacher}"));
        Backbone student = settings.Student.Make(texts.Texts, teacher);
        BackboneFolder.Check(student, Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        var work = new BackboneDistillation(teacher, student, texts.Texts, settings);
        console.WriteLine(PlainText.Of($"Student {student}; losses {string.Join("; ", work.Losses)}"));

        DistilledBackbone result = TrainingBar.ShowBoth(console, work.EpochCount, (teaching, training) => work.Run(teaching, training, cancel));
        bool isInt8 = parsed.GetValue(options.Int8);
        Backbone saved = StudentCard.Put(isInt8 ? result.Backbone.WithInt8Weights() : result.Backbone, folder, teacher, work.Losses, parsed.GetValue(options.Licence), options.NotesOf(parsed));
        saved.Save(folder);
        var report = new DistilledBackboneReport
        {
            Data = data,
            TextCount = texts.Texts.Count,
            DuplicateCount = texts.DuplicateCount,
            Teacher = teacher.Name,
            TeacherDimension = teacher.Dimension,
            Student = settings.Student.Text,
            Dimension = saved.Dimension,
            Losses = [.. work.Losses.Select(l => $"{l}")],
            TeacherRowsRun = result.Report.TeacherRowsRun,
            TeacherRowsCached = result.Report.TeacherRowsCached,
            EpochCount = result.Report.EpochCount,
            BestEpoch = result.Report.BestEpoch + 1,
            StepCount = result.Report.StepCount,
            HeldOutFraction = work.HeldOutFraction,
            HeldOutLoss = result.Report.HeldOutLoss,
            HeldOutAgreement = result.Report.HeldOutAgreement,
            Seed = settings.Seed,
            Folder = folder,
            ByteCount = new DirectoryInfo(folder).EnumerateFiles().Sum(f => f.Length),
            IsInt8 = isInt8,
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
        if (isJson)
            JsonOutput.Write(parsed.InvocationConfiguration.Output, report);
        else
            DistilledBackboneText.Write(console, report);
        return ExitCode.Done;
    }

    /// <summary>Refuses a checkpoint or cache that cannot be written, or that is something else, before the work.</summary>
    private static void CheckState(DistillSettings settings, string output, string[] data)
    {
        if (settings.CheckpointPath is string checkpoint)
            OutputFile.Check(checkpoint, "--checkpoint");
        if (settings.CachePath is string cache)
            OutputFile.CheckFolder(cache, "--cache");
        (string Name, string? Path)[] given = [("--output", output), ("--checkpoint", settings.CheckpointPath), ("--cache", settings.CachePath), .. data.Distinct().Select(d => ("the data", (string?)d))];
        IEnumerable<(string Name, string Path)> files = given.Where(f => f.Path is not null).Select(f => (f.Name, Path.TrimEndingDirectorySeparator(Path.GetFullPath(f.Path!))));
        if (files.GroupBy(f => f.Path, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } same)
            throw new ArgumentException($"{string.Join(" and ", same.Select(f => f.Name))} name the same place '{same.Key}'. Give each its own.");
    }
}
