using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace MLTransfer.Cli.Rendering;

/// <summary>Shows how far a comparison has come: a bar for people, a line now and then for log files.</summary>
internal static class RunProgress
{
    /// <param name="console">Where.</param>
    /// <param name="what">What is done.</param>
    /// <param name="work">Does it, and tells of each run.</param>
    /// <param name="isTimeShown">Whether rate and time left are told, too.</param>
    public static TransferComparison Show(IAnsiConsole console, string what, Func<IProgress<CompareProgress>, TransferComparison> work, bool isTimeShown = false)
    {
        long start = Stopwatch.GetTimestamp();
        if (!console.Profile.Capabilities.Interactive)
            return work(new Listener(p => Line(console, what, p, isTimeShown ? Time(p, Stopwatch.GetElapsedTime(start)) : "")));
        return console.Progress().AutoClear(true).Start(context =>
        {
            ProgressTask task = context.AddTask(what);
            return work(new Listener(p =>
            {
                task.MaxValue(p.TotalCount).Value(p.DoneCount);
                if (isTimeShown)
                    task.Description = $"{what}: {p.DoneCount} of {p.TotalCount}{Time(p, Stopwatch.GetElapsedTime(start))}";
            }));
        });
    }

    private static void Line(IAnsiConsole console, string what, CompareProgress progress, string time)
    {
        // Ten lines at most, and one for the end.
        if (progress.DoneCount == progress.TotalCount || progress.DoneCount * 10 / progress.TotalCount > (progress.DoneCount - 1) * 10 / progress.TotalCount)
            console.WriteLine($"{what}: {progress.DoneCount} of {progress.TotalCount}{time}");
    }

    private static string Time(CompareProgress progress, TimeSpan elapsed)
    {
        double rate = progress.DoneCount / Math.Max(elapsed.TotalSeconds, 1e-3);
        return string.Create(CultureInfo.InvariantCulture, $" runs, {rate:0.0#} runs/s, about {TrainingBar.Time(TimeSpan.FromSeconds((progress.TotalCount - progress.DoneCount) / rate))} left");
    }

    // Progress<T> posts to a synchronisation context and would tell too late.
    private sealed class Listener(Action<CompareProgress> told) : IProgress<CompareProgress>
    {
        public void Report(CompareProgress value) => told(value);
    }
}
