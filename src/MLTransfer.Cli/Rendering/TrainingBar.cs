using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace MLTransfer.Cli.Rendering;

/// <summary>Shows how far a training has come: a bar for people; for log files a line at the end of an epoch, twenty at most, and one now and then in epochs that take long.</summary>
internal static class TrainingBar
{
    private const int MostEpochLines = 20;

    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    /// <summary>Shows the progress of what is done.</summary>
    /// <param name="console">Where.</param>
    /// <param name="epochCount">Epochs of the whole training.</param>
    /// <param name="work">Trains, and tells of each step and, once more at the step that ended it, of each epoch.</param>
    public static T Show<T>(IAnsiConsole console, int epochCount, Func<IProgress<TrainingProgress>, T> work)
    {
        if (!console.Profile.Capabilities.Interactive)
            return work(new Lines(console, epochCount));
        return console.Progress().AutoClear(true).Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn()).Start(context =>
        {
            ProgressTask task = context.AddTask("reading rows");
            return work(new Bar(task, epochCount));
        });
    }

    /// <summary>Shows a teacher's progress, then that of its student.</summary>
    /// <param name="console">Where.</param>
    /// <param name="epochCount">Epochs of the whole training.</param>
    /// <param name="work">Runs the teacher and trains, and tells of both.</param>
    public static T ShowBoth<T>(IAnsiConsole console, int epochCount, Func<IProgress<DistillationProgress>, IProgress<TrainingProgress>, T> work)
    {
        if (!console.Profile.Capabilities.Interactive)
            return work(new TeacherBar(console, null), new Lines(console, epochCount));
        return console.Progress().AutoClear(true).Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn()).Start(context =>
        {
            ProgressTask teacher = context.AddTask("reading rows");
            return work(new TeacherBar(console, teacher), new Bar(context.AddTask("student"), epochCount));
        });
    }

    /// <summary>A span in hours, minutes and seconds.</summary>
    public static string Time(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}");

    private static string Describe(TrainingProgress progress, int epochCount) => string.Create(CultureInfo.InvariantCulture,
        $"epoch {progress.Epoch} of {epochCount}, loss {progress.Loss:0.0000}, {progress.RowsPerSecond:0} rows/s, {Time(progress.TimeLeft)} left");

    private sealed class Bar(ProgressTask task, int epochCount) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            task.MaxValue(value.StepCount).Value(value.Step);
            task.Description = Describe(value, epochCount);
        }
    }

    private sealed class Lines(IAnsiConsole console, int epochCount) : IProgress<TrainingProgress>
    {
        private readonly int _every = (epochCount + MostEpochLines - 1) / MostEpochLines;
        private long _step;
        private long _lastLine = Stopwatch.GetTimestamp();

        public void Report(TrainingProgress value)
        {
            bool isEpochEnd = value.Step == _step;
            _step = value.Step;
            bool isTold = isEpochEnd && (value.Epoch % _every == 0 || value.Epoch == epochCount);
            if (!isTold && Stopwatch.GetElapsedTime(_lastLine) < LongestSilence)
                return;
            _lastLine = Stopwatch.GetTimestamp();
            console.WriteLine(Describe(value, epochCount));
        }
    }
}
