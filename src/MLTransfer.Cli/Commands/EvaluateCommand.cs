using System.CommandLine;
using MLTransfer.Cli.Data;
using MLTransfer.Cli.Evaluating;
using MLTransfer.Cli.Rendering;
using MLTransfer.Cli.Training;
using MLTransfer.Evaluation.Reports;
using Spectre.Console;

namespace MLTransfer.Cli.Commands;

/// <summary>`mltransfer evaluate`: what transfer brings on labelled rows, or what a saved model is worth on them, on the screen, as JSON and as a page.</summary>
internal static class EvaluateCommand
{
    public const string Name = "evaluate";

    // Room for the names of a few classes on one line.
    private const int ShownClasses = 8;
    private const int ShownProblems = 10;

    public static string[] Examples { get; } =
    [
        "mltransfer evaluate tickets.csv --report report.html",
        "mltransfer evaluate train.tsv --test-data test.tsv --backbone models/all-minilm-l6-v2 --labels-per-class 5,20 --report report.html --report-json report.json",
        "mltransfer evaluate photos --backbone mobilenet.onnx --feature features --preprocessing keras-tf --seeds 3",
        "mltransfer evaluate test.tsv --model model.zip --report report.html",
        "mltransfer evaluate tickets.csv --json",
    ];

    public static Command Create()
    {
        var options = new EvaluateOptions();
        var command = new Command(
            Name, "Measure what transfer brings on your rows: the same head on the backbone's features and without them (hashed n-grams, or 16 × 16 pixels), along a curve of labels per class. " +
            "With --model, measure a saved model. Ctrl-C ends a comparison after what is done, which is reported as incomplete; the exit code is then 75.");
        options.AddTo(command);
        // On a thread of its own: the parser listens for Ctrl-C only once the action has given it a task to wait for.
        command.SetAction((parsed, cancel) => Task.Run(() => Run(parsed, options, cancel), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, EvaluateOptions options, CancellationToken cancel)
    {
        string data = parsed.GetRequiredValue(options.Data);
        string? model = parsed.GetValue(options.Model);
        var output = new ReportOutput(parsed.GetValue(options.Report), parsed.GetValue(options.ReportJson));
        output.Check([("The argument 'data'", data), ("--model", model), ("--test-data", parsed.GetValue(options.TestData))]);
        bool isJson = parsed.GetValue(options.Json);
        // With --json the output is the report alone; how far the work is goes where messages go.
        IAnsiConsole console = isJson ? Consoles.Over(parsed.InvocationConfiguration.Error) : Tool.Console(parsed);
        string text = parsed.GetRequiredValue(options.TextColumn), label = parsed.GetRequiredValue(options.LabelColumn);
        var rows = LabelledData.Read(data, text, label, cancel);
        return model is null
            ? Compare(parsed, options, console, isJson, rows, parsed.GetValue(options.TestData) is string test ? LabelledData.Read(test, text, label, cancel) : null, output, cancel)
            : Measure(parsed, options, console, isJson, rows, model, output, cancel);
    }

    private static int Compare(
        ParseResult parsed, EvaluateOptions options, IAnsiConsole console, bool isJson, LabelledData rows, LabelledData? test, ReportOutput output, CancellationToken cancel)
    {
        Backbone backbone = TrainBackbone.Open(parsed.GetValue(options.Backbone), rows.Modality, parsed.GetValue(options.Preprocessing), parsed.GetValue(options.Feature), cancel);
        var study = new ComparisonStudy(backbone, rows, test, options.Settings(parsed));
        Announce(console, rows, $"backbone {backbone}");
        console.WriteLine();
        TransferComparison comparison = RunProgress.Show(console, "Training and measuring", progress => study.Run(progress, cancel), isTimeShown: true);
        string json = comparison.ToJson();
        output.Write(() => ComparisonHtml.Write(comparison), json);
        if (isJson)
        {
            parsed.InvocationConfiguration.Output.Write(json);
        }
        else
        {
            ComparisonTable.Write(console, comparison, comparison.Provenance.Without);
            if (comparison.LeftOutLabelsPerClass.Count > 0)
                console.WriteLine(MLTransfer.Evaluation.ComparisonText.LeftOut(comparison));
            output.Say(console);
        }
        if (comparison.IsComplete)
            return ExitCode.Done;
        parsed.InvocationConfiguration.Error.WriteLine("error: Cancelled before all runs were done; what is reported are the runs that were. The same command starts anew.");
        return ExitCode.TryAgain;
    }

    private static int Measure(
        ParseResult parsed, EvaluateOptions options, IAnsiConsole console, bool isJson, LabelledData rows, string path, ReportOutput output, CancellationToken cancel)
    {
        using var model = SavedModel.Open(path, rows.Modality);
        Announce(console, rows, $"model {path} of {model.Classes.Count} classes");
        ModelEvaluation evaluation = RowsBar.Show(console, "Scoring", progress => model.Evaluate(rows, parsed.GetValue(options.SkipUnknownLabels), progress, cancel));
        string json = EvaluationJson.Write(evaluation);
        output.Write(() => EvaluationHtml.Write(evaluation), json);
        if (isJson)
        {
            parsed.InvocationConfiguration.Output.Write(json);
            return ExitCode.Done;
        }
        console.WriteLine();
        EvaluationTable.Write(console, evaluation);
        output.Say(console);
        return ExitCode.Done;
    }

    private static void Announce(IAnsiConsole console, LabelledData rows, string with)
    {
        foreach (string problem in rows.Problems.Take(ShownProblems))
            console.WriteLine(PlainText.Of($"left out: {problem}"));
        if (rows.Problems.Count > ShownProblems)
            console.WriteLine($"left out: {rows.Problems.Count - ShownProblems} more");
        string classes = string.Join(", ", rows.Classes.Take(ShownClasses).Select(c => $"{c.Name} {c.RowCount}")) + (rows.Classes.Count > ShownClasses ? ", …" : "");
        string things = rows.Modality == BackboneModality.Image ? "pictures" : "texts";
        console.WriteLine(PlainText.Of($"{rows.Rows.Count} {things} in {rows.Classes.Count} classes ({classes}), {rows.Problems.Count} left out; {with}"));
    }
}
