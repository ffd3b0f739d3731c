using System.Diagnostics;
using System.Globalization;
using MLTransfer.Cli.Evaluating;
using Spectre.Console;

namespace MLTransfer.Cli.Rendering;

/// <summary>Shows how many rows are done: a bar for people; for log files a line now and then, and one at the end.</summary>
internal sealed class RowsBar : IProgress<RowsProgress>
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private readonly IAnsiConsole _console;
    private readonly ProgressTask? _task;
    private readonly string _what;
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _last = Stopwatch.GetTimestamp();

    private RowsBar(IAnsiConsole console, string what, ProgressTask? task) => (_console, _what, _task) = (console, what, task);

    /// <summary>Shows the progress of what is done.</summary>
    /// <param name="console">Where.</param>
    /// <param name="what">What is done to the rows.</param>
    /// <param name="work">Does it, and tells of each row.</param>
    public static T Show<T>(IAnsiConsole console, string what, Func<IProgress<RowsProgress>, T> work)
    {
        if (!console.Profile.Capabilities.Interactive)
            return work(new RowsBar(console, what, null));
        return console.Progress().AutoClear(true).Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn()).Start(context => work(new RowsBar(console, what, context.AddTask(what))));
    }

    public void Report(RowsProgress value)
    {
        bool isEnd = value.DoneCount == value.TotalCount;
        if (!isEnd && Stopwatch.GetElapsedTime(_last) < (_task is null ? LongestSilence : Shortest))
            return;
        _last = Stopwatch.GetTimestamp();
        double rate = value.DoneCount / Math.Max(Stopwatch.GetElapsedTime(_start).TotalSeconds, 1e-3);
        string words = string.Create(CultureInfo.InvariantCulture,
            $"{_what}: {value.DoneCount:N0} of {value.TotalCount:N0} rows, {rate:0} rows/s, {TrainingBar.Time(TimeSpan.FromSeconds((value.TotalCount - value.DoneCount) / rate))} left");
        if (_task is null)
        {
            _console.WriteLine(words);
            return;
        }
        _task.MaxValue(value.TotalCount).Value(value.DoneCount);
        _task.Description = words;
    }
}
