using System.CommandLine;
using System.CommandLine.Parsing;
using MLTransfer.Cli.Demo;
using MLTransfer.Cli.Training;

namespace MLTransfer.Cli.Commands;

/// <summary>The arguments and options of `train`, and which of them fit together.</summary>
internal sealed class TrainOptions
{
    private const double LargestHoldOut = 0.9;
    private const double DefaultHoldOut = 0.2;

    public Argument<string> Data { get; } = new("data")
    {
        Description = "A .tsv (no quotes) or .csv file with the names of its columns in the first line, a .jsonl or .parquet file, or a folder with a subfolder of .txt files or pictures for each class.",
    };

    public Argument<string> Model { get; } = new("model") { Description = "Where the model is saved, such as model.zip; an older file is replaced." };

    public Option<string> TextColumn { get; } = new("--text-column") { Description = "The column of texts in a file.", DefaultValueFactory = _ => "text" };

    public Option<string> LabelColumn { get; } = new("--label-column") { Description = "The column of labels in a file.", DefaultValueFactory = _ => "label" };

    public Option<string?> Backbone { get; } = new("--backbone") { Description = "A backbone: folder, .onnx file or name. Default: the small one for texts inside this tool; needed for pictures." };

    public Option<string?> Preprocessing { get; } = new("--preprocessing") { Description = "How a picture becomes the backbone's input, where no card and no preprocessor_config.json says it." };

    public Option<string?> Feature { get; } = new("--feature") { Description = "The value of the backbone's graph that is the feature, as inspect lists them." };

    public Option<string> Head { get; } = HeadSpec.Option("The head");

    public Option<FreezingPlan?> FineTune { get; } = FineTuneSpec.Option("Train the backbone, too", "it stays frozen");

    public Option<bool> Int8ToFloat { get; } = new("--int8-to-float") { Description = "Turn the 8-bit products of a quantised backbone into float, so that --fine-tune can train them." };

    public Option<int?> Epochs { get; } = NumberOption.Whole("--epochs", "Passes over the rows. Default: 10 with --fine-tune, 60 with --head mlp.");

    public Option<int?> BatchSize { get; } = NumberOption.Whole("--batch-size", "Rows of a step. Default: 32.");

    public Option<double?> LearningRate { get; } = new("--learning-rate")
    {
        Description = "The highest learning rate. Default: 0.0001 with --fine-tune, 0.001 with --head mlp.",
        HelpName = "RATE",
        CustomParser = result => NumberOption.Read(result, "--learning-rate", "a number above 0", v => v > 0 && double.IsFinite(v)),
    };

    public Option<double> HoldOut { get; } = new("--hold-out")
    {
        Description = "The share of each class's rows, rounded down, that is measured on and not trained on; 0 trains on all rows unmeasured.",
        HelpName = "SHARE",
        DefaultValueFactory = _ => DefaultHoldOut,
        CustomParser = result => NumberOption.Read(result, "--hold-out", "a number from 0 to 0.9", v => v is >= 0 and <= LargestHoldOut) ?? 0,
    };

    public Option<int> Seed { get; } = new("--seed") { Description = "Decides all that is random: the same seed gives the same model.", DefaultValueFactory = _ => 0 };

    public Option<string?> Checkpoint { get; } = new("--checkpoint") { Description = "A file that holds the state of the training: the same command goes on from it after Ctrl-C or a crash." };

    public Option<string?> Export { get; } = new("--export") { Description = "Also write the model as one ONNX graph: a file that ends in .onnx, or a folder." };

    public Option<bool> Json { get; } = new("--json") { Description = "One JSON object for programs." };

    public void AddTo(Command command)
    {
        Preprocessing.AcceptOnlyFromAmong([.. PhotoBackbone.Presets]);
        foreach (Argument argument in (Argument[])[Data, Model])
            command.Add(argument);
        foreach (Option option in (Option[])
            [TextColumn, LabelColumn, Backbone, Preprocessing, Feature, Head, FineTune, Int8ToFloat, Epochs, BatchSize, LearningRate, HoldOut, Seed, Checkpoint, Export, Json])
        {
            command.Add(option);
        }
        command.Validators.Add(CheckTogether);
    }

    public TrainSettings Settings(ParseResult parsed) => new()
    {
        Head = HeadSpec.Parse(parsed.GetRequiredValue(Head)),
        FineTune = parsed.GetValue(FineTune),
        Int8ToFloat = parsed.GetValue(Int8ToFloat),
        EpochCount = parsed.GetValue(Epochs),
        BatchSize = parsed.GetValue(BatchSize),
        LearningRate = parsed.GetValue(LearningRate),
        HoldOut = parsed.GetValue(HoldOut),
        Seed = parsed.GetValue(Seed),
        CheckpointPath = parsed.GetValue(Checkpoint),
    };

    private void CheckTogether(CommandResult result)
    {
        bool isFineTuned = result.GetResult(FineTune) is not null;
        if (result.GetResult(Int8ToFloat) is not null && !isFineTuned)
            result.AddError("--int8-to-float belongs to --fine-tune.");
        bool isByEpochs = isFineTuned || result.GetResult(Head) is { Tokens: [{ Value: HeadSpec.Mlp }] };
        if (!isByEpochs && ((Option[])[Epochs, BatchSize, LearningRate, Checkpoint]).FirstOrDefault(o => result.GetResult(o) is { Implicit: false }) is Option option)
            result.AddError($"{option.Name} belongs to --fine-tune or --head mlp: a linear head on a frozen backbone is solved, not trained in steps.");
    }
}
