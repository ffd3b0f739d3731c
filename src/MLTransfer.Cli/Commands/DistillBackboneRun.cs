using System.CommandLine;
using System.Diagnostics;
using MLTransfer.Backbones;
using MLTransfer.Cli.Data;
using MLTransfer.Cli.Rendering;
using MLTransfer.Cli.Teaching;
using MLTransfer.Cli.Training;
using Spectre.Console;

namespace MLTransfer.Cli.Commands;

/// <summary>`mltransfer distill --teacher`: a backbone and texts in, a smaller backbone and its agreement with the other out.</summary>
internal static class DistillBackboneRun
{
    public static int Run(ParseResult parsed, DistillOptions options, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        bool isJson = parsed.GetValue(options.Json);
        // With --json the output is the report alone; how far the work is goes where messages go.
        IAnsiConsole console = isJson ? Consoles.Over(parsed.InvocationConfiguration.Error) : Tool.Console(parsed);
        string[] data = parsed.GetRequiredValue(options.Data);
        string folder = parsed.GetRequiredValue(options.Output);
        DistillSettings settings = options.Settings(parsed);
        OutputFile.CheckFolder(folder, "--output");
        DistillCommand.CheckState(settings, folder, data);

        Backbone teacher = TrainBackbone.Open(parsed.GetRequiredValue(options.Teacher), BackboneModality.Text, null, null, cancel);
        var texts = TextSet.Read(data, parsed.GetRequiredValue(options.TextColumn), cancel);
        console.WriteLine(PlainText.Of($"{Sizes.Count(texts.Texts.Count)} texts from {texts.FileCount} file{(texts.FileCount == 1 ? "" : "s")}, {Sizes.Count(texts.DuplicateCount)} more were there before; teacher {teacher}"));
        Backbone student = settings.Student.Make(texts.Texts, teacher, cancel);
        BackboneFolder.Check(student, Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        var work = new BackboneDistillation(teacher, student, texts.Texts, settings);
        console.WriteLine(PlainText.Of($"Student {student}; losses {string.Join("; ", work.Losses)}"));

        DistilledBackbone result = TrainingBar.ShowBoth(console, work.EpochCount, (teaching, training) => work.Run(teaching, training, cancel));
        Backbone trained = parsed.GetValue(options.Int8) ? result.Backbone.WithInt8Weights() : result.Backbone;
        Backbone saved = StudentCard.Put(trained, folder, teacher, work.Losses, parsed.GetValue(options.Licence), options.NotesOf(parsed));
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
            // Of a very small student no weight is large enough to be stored so.
            IsInt8 = !ReferenceEquals(trained, result.Backbone),
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
        if (isJson)
            JsonOutput.Write(parsed.InvocationConfiguration.Output, report);
        else
            DistilledBackboneText.Write(console, report);
        return ExitCode.Done;
    }
}
