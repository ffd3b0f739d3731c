using System.CommandLine;
using MLTransfer.Cli.Teaching;
using MLTransfer.Cli.Training;

namespace MLTransfer.Cli.Commands;

/// <summary>`mltransfer distill`: a teacher and texts in, a small student and how well it learnt out.</summary>
internal static class DistillCommand
{
    public const string Name = "distill";

    public static string[] Examples { get; } =
    [
        "mltransfer distill texts.txt --teacher models/all-minilm-l6-v2 --output small",
        "mltransfer distill texts --teacher models/all-minilm-l6-v2 --student transformer --layers 2 --losses cosine:1,similarity:1:0.1 --output small --cache outputs --checkpoint run.state",
        "mltransfer distill texts.txt --teacher default --student models/small --fine-tune all --int8 --licence MIT --note data=tickets --output smaller",
        "mltransfer distill labelled.tsv more.txt --teacher-model teacher.zip --output student.zip",
        "mltransfer distill tickets.csv --teacher-model teacher.zip --student ngrams --temperature 4 --hard-weight 0.2 --cache outputs --output student.zip --json",
    ];

    public static Command Create()
    {
        var options = new DistillOptions();
        var command = new Command(Name, "Teach a small student what a large teacher knows: a backbone's features on texts without labels, or a model's scores on texts of which some have a label.");
        options.AddTo(command);
        // On a thread of its own: the parser listens for Ctrl-C only once the action has given it a task to wait for.
        command.SetAction((parsed, cancel) => Task.Run(
            () =>
            {
                try
                {
                    return Cancellation.Unwrapped(() => parsed.GetValue(options.TeacherModel) is null ? DistillBackboneRun.Run(parsed, options, cancel) : DistillModelRun.Run(parsed, options, cancel));
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

    /// <summary>Refuses a checkpoint or cache that cannot be written, or that is something else, before the work.</summary>
    public static void CheckState(DistillSettings settings, string output, string[] data)
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
