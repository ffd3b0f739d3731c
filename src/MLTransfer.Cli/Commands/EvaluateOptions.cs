using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using MLTransfer.Cli.Demo;
using MLTransfer.Cli.Evaluating;
using MLTransfer.Cli.Training;

namespace MLTransfer.Cli.Commands;

/// <summary>The arguments and options of `evaluate`, and which of them fit together.</summary>
internal sealed class EvaluateOptions
{
    private const int DefaultSeeds = 5;
    private const int MostSeeds = 1000;
    private const double DefaultHoldOut = 0.25;

    public Argument<string> Data { get; } = new("data")
    {
        Description = "Labelled rows: a .tsv (no quotes) or .csv file with the names of its columns in the first line, a .jsonl or .parquet file, or a folder with a subfolder of .txt files or pictures for each class.",
    };

    public Option<string?> Model { get; } = new("--model") { Description = "Measure this saved model on the rows instead: a model.zip whose Score has a number for each class." };

    public Option<string> TextColumn { get; } = new("--text-column") { Description = "The column of texts in a file.", DefaultValueFactory = _ => "text" };

    public Option<string> LabelColumn { get; } = new("--label-column") { Description = "The column of labels in a file.", DefaultValueFactory = _ => "label" };

    public Option<string?> Backbone { get; } = new("--backbone") { Description = "A backbone: folder, .onnx file or name. Default: the small one for texts inside this tool; needed for pictures." };

    public Option<string?> Preprocessing { get; } = new("--preprocessing") { Description = "How a picture becomes the backbone's input, where no card and no preprocessor_config.json says it." };

    public Option<string?> Feature { get; } = new("--feature") { Description = "The value of the backbone's graph that is the feature, as inspect lists them." };

    public Option<string> Head { get; } = HeadSpec.Option("The head of both sides");

    public Option<int> Seeds { get; } = new("--seeds") { Description = "Random samples to repeat with.", HelpName = "COUNT", DefaultValueFactory = _ => DefaultSeeds };

    public Option<int[]?> LabelsPerClass { get; } = new("--labels-per-class")
    {
        Description = "Labels of each class to train on, with commas. Default: 1,2,5,10,20,50, without those for which the smallest class has too few rows.",
        HelpName = "COUNTS",
        CustomParser = ReadCounts,
    };

    public Option<string?> TestData { get; } = new("--test-data") { Description = "Rows to measure on, of the same kind. Default: a share of the data, another one for each seed." };

    public Option<double> HoldOut { get; } = new("--hold-out")
    {
        Description = "The share of each class that each seed measures on and does not train on.",
        HelpName = "SHARE",
        DefaultValueFactory = _ => DefaultHoldOut,
        CustomParser = result => NumberOption.Read(result, "--hold-out", "a number above 0 and below 1", v => v is > 0 and < 1) ?? DefaultHoldOut,
    };

    public Option<bool> SkipUnknownLabels { get; } = new("--skip-unknown-labels") { Description = "With --model: leave out rows whose label the model does not know, and say how many. Else they are an error." };

    public Option<string?> Report { get; } = new("--report") { Description = "Write a page with plots: one .html file that needs nothing else." };

    public Option<string?> ReportJson { get; } = new("--report-json") { Description = "Write all numbers as JSON." };

    public Option<bool> Json { get; } = new("--json") { Description = "Print that JSON, and nothing else, instead of tables." };

    public void AddTo(Command command)
    {
        Preprocessing.AcceptOnlyFromAmong([.. PhotoBackbone.Presets]);
        Seeds.Validators.Add(result =>
        {
            // What is no number at all is the parser's own error.
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out int count) && count is < 1 or > MostSeeds)
                result.AddError($"--seeds lies between 1 and {MostSeeds}.");
        });
        command.Add(Data);
        foreach (Option option in (Option[])
            [Model, TextColumn, LabelColumn, Backbone, Preprocessing, Feature, Head, Seeds, LabelsPerClass, TestData, HoldOut, SkipUnknownLabels, Report, ReportJson, Json])
        {
            command.Add(option);
        }
        command.Validators.Add(CheckTogether);
    }

    public StudySettings Settings(ParseResult parsed) => new()
    {
        Head = HeadSpec.Parse(parsed.GetRequiredValue(Head)),
        SeedCount = parsed.GetValue(Seeds),
        // The parser gives an empty list where nothing was said.
        LabelsPerClass = parsed.GetValue(LabelsPerClass) is { Length: > 0 } counts ? counts : null,
        HoldOut = parsed.GetValue(HoldOut),
    };

    private static int[]? ReadCounts(ArgumentResult result)
    {
        string text = string.Join(',', result.Tokens.Select(t => t.Value));
        var counts = new List<int>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count < 1 || counts.Contains(count))
            {
                result.AddError($"--labels-per-class takes different whole numbers of at least 1 with commas, such as 1,2,5, not '{text}'.");
                return null;
            }
            counts.Add(count);
        }
        return [.. counts];
    }

    private void CheckTogether(CommandResult result)
    {
        bool isModel = result.GetResult(Model) is not null;
        IEnumerable<Option> others = isModel ? [Backbone, Preprocessing, Feature, Head, Seeds, LabelsPerClass, TestData, HoldOut] : [SkipUnknownLabels];
        if (others.FirstOrDefault(o => result.GetResult(o) is { Implicit: false }) is Option option)
        {
            result.AddError(isModel
                ? $"{option.Name} belongs to a comparison with and without transfer; with --model the saved model is measured as it is."
                : $"{option.Name} belongs to --model.");
        }
        if (result.GetResult(TestData) is not null && result.GetResult(HoldOut) is { Implicit: false })
            result.AddError("--hold-out and --test-data both say what is measured on. Give one of them.");
    }
}
