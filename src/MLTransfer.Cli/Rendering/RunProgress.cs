using Spectre.Console;

namespace MLTransfer.Cli.Rendering;

/// <summary>Shows how far a comparison has come: a bar for people, a line now and then for log files.</summary>
internal static class RunProgress
{
    public static TransferComparison Show(IAnsiConsole console, string what, Func<IProgress<CompareProgress>, TransferComparison> work)
    {
        if (!console.Profile.Capabilities.Interactive)
            return work(new Listener(p => Line(console, what, p)));
        return console.Progress().AutoClear(true).Start(context =>
        {
            ProgressTask task = context.AddTask(what);
            return work(new Listener(p => task.MaxValue(p.TotalCount).Value(p.DoneCount)));
        });
    }

    private static void Line(IAnsiConsole console, string what, CompareProgress progress)
    {
        // Ten lines at most, and one for the end.
        if (progress.DoneCount == progress.TotalCount || progress.DoneCount * 10 / progress.TotalCount > (progress.DoneCount - 1) * 10 / progress.TotalCount)
            console.WriteLine($"{what}: {progress.DoneCount} of {progress.TotalCount}");
    }

    // Progress<T> posts to a synchronisation context and would tell too late.
    private sealed class Listener(Action<CompareProgress> told) : IProgress<CompareProgress>
    {
        public void Report(CompareProgress value) => told(value);
    }
}
