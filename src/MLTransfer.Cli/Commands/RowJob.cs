using System.CommandLine;
using Microsoft.ML;
using MLTransfer.Cli.Rendering;
using MLTransfer.Cli.Scoring;
using MLTransfer.Cli.Tables;
using MLTransfer.Cli.Training;
using Spectre.Console;

namespace MLTransfer.Cli.Commands;

/// <summary>Puts the rows of a command line through a model: what `score` and `embed` have in common.</summary>
internal static class RowJob
{
    /// <param name="parsed">The command line.</param>
    /// <param name="options">Its options.</param>
    /// <param name="open">Opens the model, given the context to open it in and the input.</param>
    /// <param name="outputs">Columns of the model that are written; null for the usual ones.</param>
    /// <param name="cancel">Ends the run at the end of a block.</param>
    public static int Run(ParseResult parsed, RowJobOptions options, Func<MLContext, TableInput, ScoreModel> open, IReadOnlyList<string>? outputs, CancellationToken cancel)
    {
        bool isJson = parsed.GetValue(options.Json);
        // With --json the output is the report alone; how far the work is goes where messages go.
        IAnsiConsole console = isJson ? Consoles.Over(parsed.InvocationConfiguration.Error) : Tool.Console(parsed);
        string[] files = parsed.GetRequiredValue(options.Files);
        RowJobOptions.CheckApart(files[..^1], files[^1]);
        var input = TableInput.Find(files[..^1]);
        (ScoreSettings settings, string source) = options.Settings(parsed, input.Media is null ? ScoreSettings.RowsOfBlock : ScoreSettings.RowsOfMediaBlock);
        using ScoreModel model = open(Context(parsed.GetRequiredValue(options.Device)), input);
        var plan = ScorePlan.Make(model, input, options.Choice(parsed, outputs));
        InputScan scan = RowBar.ShowBytes(console, "reading the input", progress => input.Scan(progress, cancel));
        RowJobText.Announce(console, plan, input, scan, settings, source);
        ScoreReport report;
        try
        {
            report = RowBar.Show(console, progress => new ScoreRun(plan, input, scan, settings, progress).Run(cancel));
        }
        catch (OperationCanceledException e) when (Directory.Exists(settings.Paths.State))
        {
            throw new CancelledWithStateException($"What is done lies in '{settings.Paths.State}'", e);
        }
        if (isJson)
            JsonOutput.Write(parsed.InvocationConfiguration.Output, report);
        else
            RowJobText.Write(console, report);
        return ExitCode.Done;
    }

    private static MLContext Context(string device)
    {
        if (string.Equals(device, "cpu", StringComparison.OrdinalIgnoreCase))
            return new MLContext(seed: 0);
        string[] parts = device.Split(':');
        return parts is ["cuda", var number] && int.TryParse(number, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int id)
            ? new MLContext(seed: 0) { GpuDeviceId = id, FallbackToCpu = false }
            : throw new ArgumentException($"--device is '{device}'. It is cpu, or cuda:N with the number of the card from 0. 'mltransfer doctor' says what works here.");
    }
}
