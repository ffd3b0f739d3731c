using System.Diagnostics;
using System.Globalization;
using MLTransfer.Cli.Scoring;
using Spectre.Console;

namespace MLTransfer.Cli.Rendering;

/// <summary>Shows how far a job over many rows is: a bar for people; for log files a line now and then, with the rate and the time that is left.</summary>
internal static class RowBar
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    /// <summary>Shows the progress of scoring.</summary>
    public static T Show<T>(IAnsiConsole console, Func<IProgress<ScoreProgress>, T> work)
    {
        if (!console.Profile.Capabilities.Interactive)
            return work(new Lines<ScoreProgress>(console, Describe));
        return console.Progress().AutoClear(true).Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn()).Start(context =>
        {
            ProgressTask task = context.AddTask("reading rows");
            return work(new Bar<ScoreProgress>(p =>
            {
                task.MaxValue(Math.Max(1, p.RowCount)).Value(p.RowsDone);
                task.Description = Describe(p);
            }));
        });
    }

    /// <summary>Shows the progress of reading bytes.</summary>
    public static T ShowBytes<T>(IAnsiConsole console, string what, Func<IProgress<long>, T> work)
    {
        if (!console.Profile.Capabilities.Interactive)
            return work(new Lines<long>(console, bytes => $"{what}: {Sizes.Bytes(bytes)}"));
        return console.Status().Start(what, context => work(new Bar<long>(bytes => context.Status = $"{what}: {Sizes.Bytes(bytes)}")));
    }

    /// <summary>The progress in words.</summary>
    public static string Describe(ScoreProgress progress)
    {
        string words = $"{Sizes.Count(progress.RowsDone)} of {Sizes.Count(progress.RowCount)} rows";
        if (progress.TimeLeft is TimeSpan left)
            words += string.Create(CultureInfo.InvariantCulture, $", {progress.RowsPerSecond:N0} rows/s, {TrainingBar.Time(left)} left");
        return progress.ErrorCount == 0 ? words : $"{words}, {Sizes.Count(progress.ErrorCount)} failed";
    }

    private sealed class Bar<T>(Action<T> told) : IProgress<T>
    {
        public void Report(T value) => told(value);
    }

    private sealed class Lines<T>(IAnsiConsole console, Func<T, string> describe) : IProgress<T>
    {
        private readonly Lock _lock = new();
        private long _lastLine = Stopwatch.GetTimestamp();

        public void Report(T value)
        {
            lock (_lock)
            {
                if (Stopwatch.GetElapsedTime(_lastLine) < LongestSilence)
                    return;
                _lastLine = Stopwatch.GetTimestamp();
            }
            console.WriteLine(describe(value));
        }
    }
}
