using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace MLTransfer.Cli.Rendering;

/// <summary>Shows how far a download is: a bar for each file with rate and time left for people; in log files a line when it waits, and one now and then of files that take long.</summary>
internal static class DownloadBar
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    public static T Show<T>(IAnsiConsole console, Func<IProgress<HubProgress>, T> work)
    {
        if (!console.Profile.Capabilities.Interactive)
            return work(new Lines(console));
        return console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new DownloadedColumn { Base = FileSizeBase.Decimal }, new TransferSpeedColumn { Base = FileSizeBase.Decimal }, new RemainingTimeColumn())
            .Start(context => work(new Bars(context)));
    }

    private static string Describe(HubProgress progress) => progress.Stage switch
    {
        HubStage.Waiting => $"waiting for another download of {progress.File}",
        HubStage.Checking => $"checking {progress.File}",
        _ => progress.File,
    };

    // Reports come one after the other, if on several threads.
    private sealed class Bars(ProgressContext context) : IProgress<HubProgress>
    {
        private string? _file;
        private ProgressTask? _task;

        public void Report(HubProgress value)
        {
            string description = Text(Describe(value));
            if (_task is null || value.File != _file)
            {
                // What came before is done.
                if (_task is not null)
                    _task.IsIndeterminate(false).Value(_task.MaxValue).Description = Text(_file!);
                (_file, _task) = (value.File, context.AddTask(description));
            }
            _task.Description = description;
            _task.IsIndeterminate = value.Stage == HubStage.Waiting;
            _task.MaxValue(Math.Max(1, value.BytesTotal)).Value(value.BytesTotal == 0 ? 1 : value.BytesDone);
        }

        private static string Text(string text) => Markup.Escape(PlainText.Of(text));
    }

    private sealed class Lines(IAnsiConsole console) : IProgress<HubProgress>
    {
        private bool _hasWaited;
        private long _lastLine = Stopwatch.GetTimestamp();
        private (string File, long Bytes, long Time) _start;

        public void Report(HubProgress value)
        {
            if (value.Stage == HubStage.Downloading && _start.File != value.File)
                _start = (value.File, value.BytesDone, Stopwatch.GetTimestamp());
            bool isFirstWait = value.Stage == HubStage.Waiting && !_hasWaited;
            _hasWaited |= isFirstWait;
            if (!isFirstWait && Stopwatch.GetElapsedTime(_lastLine) < LongestSilence)
                return;
            _lastLine = Stopwatch.GetTimestamp();
            console.WriteLine(PlainText.Of(value.Stage == HubStage.Downloading ? Rate(value) : Describe(value)));
        }

        private string Rate(HubProgress value)
        {
            double rate = (value.BytesDone - _start.Bytes) / Math.Max(0.001, Stopwatch.GetElapsedTime(_start.Time).TotalSeconds);
            string left = rate > 0 ? $", {TrainingBar.Time(TimeSpan.FromSeconds(Math.Min((value.BytesTotal - value.BytesDone) / rate, 1e7)))} left" : "";
            return string.Create(CultureInfo.InvariantCulture, $"{value.File}: {Sizes.Bytes(value.BytesDone)} of {Sizes.Bytes(value.BytesTotal)}, {Sizes.Bytes((long)rate)}/s{left}");
        }
    }
}
