using System.CommandLine;
using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Cli.Data;
using MLTransfer.Cli.Rendering;
using MLTransfer.Cli.Teaching;
using MLTransfer.Cli.Training;
using Spectre.Console;

namespace MLTransfer.Cli.Commands;

/// <summary>`mltransfer distill --teacher-model`: a model and texts, some with labels, in; a smaller model and what the teacher brought it out.</summary>
internal static class DistillModelRun
{
    private const int ShownProblems = 10;

    public static int Run(ParseResult parsed, DistillOptions options, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        bool isJson = parsed.GetValue(options.Json);
        IAnsiConsole console = isJson ? Consoles.Over(parsed.InvocationConfiguration.Error) : Tool.Console(parsed);
        string[] data = parsed.GetRequiredValue(options.Data);
        string output = parsed.GetRequiredValue(options.Output);
        string teacherPath = parsed.GetRequiredValue(options.TeacherModel)!;
        DistillSettings settings = options.Settings(parsed);
        TaskSettings task = options.Task(parsed);
        OutputFile.Check(output, "--output");
        DistillCommand.CheckState(settings, output, [.. data, teacherPath]);

        var ml = new MLContext(settings.Seed);
        using var teacher = TaskTeacher.Open(ml, teacherPath, parsed.GetValue(options.TeacherTextColumn));
        var texts = PartlyLabelledTexts.Read(data, parsed.GetRequiredValue(options.TextColumn), parsed.GetRequiredValue(options.LabelColumn), cancel);
        var work = new TaskDistillation(ml, teacher, texts, settings, task, cancel);
        Announce(console, texts, teacher, work);

        (TransformerChain<ITransformer> model, DistillationReport done) = TrainingBar.ShowBoth(console, work.EpochCount, (teaching, training) => work.Teach(teaching, training, cancel));
        using TransformerChain<ITransformer> owner = model;
        (DistillComparison? comparison, long run, long cached) = work.HeldOutCount > 0 ? Compare(console, work, model, cancel) : (null, 0, 0);
        work.Save(model, output);
        var report = new DistilledModelReport
        {
            Data = data,
            Classes = texts.Classes,
            LabelledRowCount = work.LabelledCount,
            UnlabelledRowCount = work.RowCount - work.LabelledCount,
            HeldOutRowCount = work.HeldOutCount,
            DuplicateCount = texts.DuplicateCount,
            LeftOut = texts.Problems,
            Teacher = teacherPath,
            TeacherTextColumn = teacher.TextColumn,
            Student = settings.Student.Text,
            Head = task.Head,
            FineTuned = work.TrainedParts,
            Losses = [.. work.Losses.Select(l => $"{l}")],
            TeacherRowsRun = done.TeacherRowsRun + run,
            TeacherRowsCached = done.TeacherRowsCached + cached,
            EpochCount = done.EpochCount,
            StepCount = done.StepCount,
            Comparison = comparison,
            Seed = settings.Seed,
            Model = new WrittenFile(output, new FileInfo(output).Length),
            InputColumn = TaskDistillation.InputColumn,
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
        if (isJson)
            JsonOutput.Write(parsed.InvocationConfiguration.Output, report);
        else
            DistilledModelText.Write(console, report);
        return ExitCode.Done;
    }

    private static (DistillComparison, long RowsRun, long RowsCached) Compare(IAnsiConsole console, TaskDistillation work, ITransformer student, CancellationToken cancel)
    {
        HeldOutMeasure taught = work.Measure(student, cancel);
        (double accuracy, long run, long cached) = work.MeasureTeacher(cancel);
        console.WriteLine("The same student on labels alone, as many steps:");
        using TransformerChain<ITransformer> other = TrainingBar.Show(console, work.EpochCountOfLabels, progress => work.TrainOnLabels(progress, cancel));
        return (DistillComparison.Of(taught, work.Measure(other, cancel), accuracy, work.LargestClassShare), run, cached);
    }

    private static void Announce(IAnsiConsole console, PartlyLabelledTexts texts, TaskTeacher teacher, TaskDistillation work)
    {
        foreach (string problem in texts.Problems.Take(ShownProblems))
            console.WriteLine(PlainText.Of($"left out: {problem}"));
        if (texts.Problems.Count > ShownProblems)
            console.WriteLine($"left out: {texts.Problems.Count - ShownProblems} more");
        console.WriteLine(PlainText.Of($"{Sizes.Count(texts.Labelled.Count)} texts with a label in {texts.Classes.Count} classes, {Sizes.Count(texts.Unlabelled.Count)} without, " +
            $"{Sizes.Count(texts.DuplicateCount)} more of these were there already; teacher {teacher.Path} of {teacher.ClassCount} classes reads {teacher.TextColumn}"));
        string parts = work.TrainedParts is TrainedParts tuned ? $", {Sizes.Count(tuned.ParameterCount)} of its backbone's {Sizes.Count(tuned.BackboneParameterCount)} numbers trained: {tuned.Plan}" : "";
        console.WriteLine(PlainText.Of($"Teaching a {work.StudentName}{parts} on {Sizes.Count(work.RowCount)} rows, {work.HeldOutCount} of those with a label held out; losses {string.Join("; ", work.Losses)}"));
    }
}
