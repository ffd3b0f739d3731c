using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace MLTransfer.Cli.Rendering;

/// <summary>Shows how far a teacher has come: a bar for people; for log files a line now and then, and one at the end.</summary>
internal sealed class TeacherBar : IProgress<DistillationProgress>
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    private readonly IAnsiConsole _console;
    private readonly ProgressTask? _task;
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _lastLine = Stopwatch.GetTimestamp();

    /// <param name="console">Where lines go.</param>
    /// <param name="task">The bar; null for lines.</param>
    public TeacherBar(IAnsiConsole console, ProgressTask? task) => (_console, _task) = (console, task);

    public void Report(DistillationProgress value)
    {
        string words = Describe(value, Stopwatch.GetElapsedTime(_start));
        if (_task is not null)
        {
            _task.MaxValue(Math.Max(1, value.RowCount)).Value(value.RowsDone);
            _task.Description = words;
            return;
        }
        if (value.RowsDone < value.RowCount && Stopwatch.GetElapsedTime(_lastLine) < LongestSilence)
            return;
        _lastLine = Stopwatch.GetTimestamp();
        _console.WriteLine(words);
    }

    /// <summary>The progress in words. What the cache knew says nothing of how long the rest takes.</summary>
    /// <param name="progress">How far the teacher is.</param>
    /// <param name="elapsed">Since it began.</param>
    public static string Describe(DistillationProgress progress, TimeSpan elapsed)
    {
        string words = string.Create(CultureInfo.InvariantCulture, $"teacher: {progress.RowsDone:N0} of {progress.RowCount:N0} rows, {progress.RowsCached:N0} from the cache");
        if (progress.RowsRun == 0)
            return words;
        double rate = progress.RowsRun / Math.Max(elapsed.TotalSeconds, 1e-3);
        return words + string.Create(CultureInfo.InvariantCulture, $", {rate:0} rows/s, {TrainingBar.Time(TimeSpan.FromSeconds((progress.RowCount - progress.RowsDone) / rate))} left");
    }
}
