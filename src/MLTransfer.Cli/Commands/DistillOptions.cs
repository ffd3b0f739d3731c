using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using MLTransfer.Cli.Teaching;
using MLTransfer.Cli.Training;

namespace MLTransfer.Cli.Commands;

/// <summary>The arguments and options of `distill`, and which of them fit together. Which teacher is given decides what is made: a backbone, or a model of a task.</summary>
internal sealed class DistillOptions
{
    private const double LargestHoldOut = 0.9;
    private const double DefaultTemperature = 2;
    private const double DefaultWeight = 0.5;

    public Argument<string[]> Data { get; } = new("data")
    {
        Description = "Texts: .txt files (a text on each line), .tsv (no quotes) or .csv files with the names of their columns in the first line; with --teacher, folders of such, too.",
        Arity = ArgumentArity.OneOrMore,
    };

    public Option<string> Output { get; } = new("--output") { Description = "Where the student is saved: with --teacher a folder, with --teacher-model a file such as student.zip. An older one is replaced.", Required = true };

    public Option<string?> Teacher { get; } = new("--teacher") { Description = "A backbone whose features are taught: folder, .onnx file, name, or 'default' for the one inside this tool. The student is a backbone." };

    public Option<string?> TeacherModel { get; } = new("--teacher-model") { Description = "A model.zip whose scores of classes are taught. The student is such a model." };

    public Option<string> Student { get; } = new("--student")
    {
        Description = "static (a fresh table of token vectors), transformer (a fresh small encoder), a backbone to train further (folder, .onnx file or name), or ngrams (a head on hashed n-grams, with --teacher-model).",
        DefaultValueFactory = _ => StudentSettings.Static,
    };

    public Option<string> TextColumn { get; } = new("--text-column") { Description = "The column of texts in a .tsv or .csv file.", DefaultValueFactory = _ => "text" };

    public Option<string> LabelColumn { get; } = new("--label-column") { Description = "The column of labels in a .tsv or .csv file; a row whose label is empty learns from the teacher alone.", DefaultValueFactory = _ => "label" };

    public Option<string?> TeacherTextColumn { get; } = new("--teacher-text-column") { Description = "The column that the model of --teacher-model reads. Default: the one that its scores are made of." };

    public Option<string> Head { get; } = HeadSpec.Option("The student's head");

    public Option<double?> Temperature { get; } = NumberOption.Real(
        "--temperature", "T", "How much the teacher's scores are softened; 1 leaves them as they are. Default: 2.", "a number above 0", v => v > 0 && double.IsFinite(v));

    public Option<double?> HardWeight { get; } = NumberOption.Real("--hard-weight", "WEIGHT", "How much labels count; 0 for not at all. Default: 0.5.", "0 or a number above it", v => v >= 0 && double.IsFinite(v));

    public Option<double?> SoftWeight { get; } = NumberOption.Real("--soft-weight", "WEIGHT", "How much the teacher counts. Default: 0.5.", "a number above 0", v => v > 0 && double.IsFinite(v));

    public Option<int?> Dimension { get; } = NumberOption.Whole("--dimension", "Numbers of a fresh student's token vector. Default: 256 of static, 128 of transformer.");

    public Option<int?> Vocabulary { get; } = NumberOption.Whole("--vocabulary", "Tokens of a fresh student at most. Default: 16000 of static, 8000 of transformer.");

    public Option<int?> MaxLength { get; } = NumberOption.Whole("--max-length", "Tokens of a text at most, of a fresh student. Default: 256 of static, 64 of transformer.");

    public Option<int?> Layers { get; } = NumberOption.Whole("--layers", "Layers of a fresh transformer. Default: 2.");

    public Option<int?> Heads { get; } = NumberOption.Whole("--heads", "Heads of each attention of a fresh transformer. Default: 4.");

    public Option<int?> Hidden { get; } = NumberOption.Whole("--hidden", "Units of each feed-forward part of a fresh transformer. Default: 512.");

    public Option<int?> TokenDimension { get; } = NumberOption.Whole("--token-dimension", "Numbers of a token in a fresh transformer's table, below --dimension for a smaller one. Default: as --dimension.");

    public Option<int?> FeatureDimension { get; } = NumberOption.Whole("--feature-dimension", "Numbers of a fresh transformer's feature. Default: as --dimension.");

    public Option<bool> StartFromTeacher { get; } = new("--start-from-teacher")
    {
        Description = "Begin with the teacher's tokens, as many as the texts need: a static student with its vectors of single tokens, a transformer with its vocabulary.",
    };

    public Option<FreezingPlan?> FineTune { get; } = FineTuneSpec.Option("What is trained of a --student that is a backbone", "all with --teacher; with --teacher-model nothing but the head");

    public Option<bool> Int8ToFloat { get; } = new("--int8-to-float") { Description = "Turn the 8-bit products of a quantised student into float, so that they can be trained." };

    public Option<ImmutableArray<DistillationLoss>> Losses { get; } = new("--losses")
    {
        Description = $"What is minimised: {LossSpec.Forms}. Default: cosine:1,similarity:1:0.1.",
        HelpName = "LOSSES",
        DefaultValueFactory = _ => [],
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (LossSpec.TryParse(text, out string problem) is ImmutableArray<DistillationLoss> losses)
                return losses;
            result.AddError($"--losses '{text}': {problem}. Give {LossSpec.Forms}.");
            return [];
        },
    };

    public Option<int?> Epochs { get; } = NumberOption.Whole("--epochs", "Passes over the rows. Default: 20 with --teacher; with --teacher-model 30 of a fresh student, 10 with --fine-tune, else 60.");

    public Option<int?> BatchSize { get; } = NumberOption.Whole("--batch-size", "Rows of a step. Default: 128 with --teacher; with --teacher-model 64 of a fresh student, else 32.");

    public Option<double?> LearningRate { get; } = NumberOption.Real(
        "--learning-rate", "RATE", "The highest learning rate. Default: 0.001; 0.0001 with --teacher-model and --fine-tune.", "a number above 0", v => v > 0 && double.IsFinite(v));

    public Option<double?> WeightDecay { get; } = NumberOption.Real("--weight-decay", "DECAY", "Pulls weights to 0. Default: 0.01.", "0 or a number above it", v => v >= 0 && double.IsFinite(v));

    public Option<double?> Beta2 { get; } = NumberOption.Real("--beta2", "DECAY",
        "How long AdamW remembers the size of gradients. Lower, such as 0.98, moves rarely seen tokens of a table less. Default: 0.999.", "a number from 0 to below 1", v => v is >= 0 and < 1);

    public Option<double?> HoldOut { get; } = NumberOption.Real("--hold-out", "SHARE",
        "With --teacher the share of texts that choose the epoch, default 0.05; with --teacher-model the share of each class's labelled rows, rounded down, that is measured on, default 0.2. 0 for none.",
        "a number from 0 to 0.9", v => v is >= 0 and <= LargestHoldOut);

    public Option<int?> EarlyStop { get; } = NumberOption.Whole("--early-stop", "End after so many epochs without a better agreement with the teacher on the texts held out.");

    public Option<bool> Int8 { get; } = new("--int8") { Description = "Store the weights in 8 bits, about a quarter of the size." };

    public Option<string?> Licence { get; } = new("--licence") { Description = "The licence on the student's card, an SPDX expression." };

    public Option<string[]> Notes { get; } = new("--note") { Description = "KEY=VALUE on the student's card; may be given several times.", HelpName = "KEY=VALUE", DefaultValueFactory = _ => [] };

    public Option<string?> Cache { get; } = new("--cache") { Description = "A folder that keeps what the teacher said: a run that was stopped goes on there, and a second run runs no teacher." };

    public Option<string?> Checkpoint { get; } = new("--checkpoint") { Description = "A file that holds the state of the training: the same command goes on from it after Ctrl-C or a crash." };

    public Option<int> Seed { get; } = new("--seed") { Description = "Decides all that is random: the same seed gives the same student.", DefaultValueFactory = _ => 0 };

    public Option<int?> Threads { get; } = NumberOption.Whole("--threads", "Threads of the training at most. Default: all cores.");

    public Option<bool> Json { get; } = new("--json") { Description = "One JSON object for programs." };

    public void AddTo(Command command)
    {
        command.Add(Data);
        foreach (Option option in (Option[])
        [
            Output, Teacher, TeacherModel, Student, TextColumn, LabelColumn, TeacherTextColumn, Head, Temperature, HardWeight, SoftWeight, Dimension, Vocabulary, MaxLength, Layers, Heads, Hidden, TokenDimension, FeatureDimension, StartFromTeacher, FineTune, Int8ToFloat,
            Losses, Epochs, BatchSize, LearningRate, WeightDecay, Beta2, HoldOut, EarlyStop, Int8, Licence, Notes, Cache, Checkpoint, Seed, Threads, Json,
        ])
        {
            command.Add(option);
        }
        Notes.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(t => t.Value.IndexOf('=', StringComparison.Ordinal) < 1) is Token token)
                result.AddError($"--note '{token.Value}' is not KEY=VALUE.");
        });
        command.Validators.Add(CheckTogether);
    }

    public TaskSettings Task(ParseResult parsed) => new(
        HeadSpec.Parse(parsed.GetRequiredValue(Head)), parsed.GetValue(Temperature) ?? DefaultTemperature, parsed.GetValue(HardWeight) ?? DefaultWeight, parsed.GetValue(SoftWeight) ?? DefaultWeight);

    public DistillSettings Settings(ParseResult parsed) => new()
    {
        Student = new StudentSettings
        {
            Text = parsed.GetRequiredValue(Student),
            Dimension = parsed.GetValue(Dimension),
            VocabularySize = parsed.GetValue(Vocabulary),
            MaximumLength = parsed.GetValue(MaxLength),
            LayerCount = parsed.GetValue(Layers),
            HeadCount = parsed.GetValue(Heads),
            FeedForwardDimension = parsed.GetValue(Hidden),
            TokenDimension = parsed.GetValue(TokenDimension),
            FeatureDimension = parsed.GetValue(FeatureDimension),
            StartsFromTeacher = parsed.GetValue(StartFromTeacher),
            FineTune = parsed.GetValue(FineTune),
            Int8ToFloat = parsed.GetValue(Int8ToFloat),
            Seed = parsed.GetValue(Seed),
        },
        EpochCount = parsed.GetValue(Epochs),
        BatchSize = parsed.GetValue(BatchSize),
        LearningRate = parsed.GetValue(LearningRate),
        WeightDecay = parsed.GetValue(WeightDecay),
        Beta2 = parsed.GetValue(Beta2),
        HoldOut = parsed.GetValue(HoldOut),
        EarlyStop = parsed.GetValue(EarlyStop),
        Seed = parsed.GetValue(Seed),
        ThreadCount = parsed.GetValue(Threads),
        CachePath = parsed.GetValue(Cache),
        CheckpointPath = parsed.GetValue(Checkpoint),
        Losses = parsed.GetValue(Losses),
    };

    /// <summary>What --note says; of a key that is given twice the last.</summary>
    public IEnumerable<KeyValuePair<string, string>> NotesOf(ParseResult parsed) => parsed.GetRequiredValue(Notes).Select(n => n.Split('=', 2)).Select(n => KeyValuePair.Create(n[0].Trim(), n[1].Trim()));

    private void CheckTogether(CommandResult result)
    {
        bool Has(Option option) => result.GetResult(option) is { Implicit: false };
        StudentKind kind = result.GetResult(Student) is { Implicit: false, Tokens: [var token] } ? StudentSettings.Of(token.Value) : StudentKind.Static;
        Option? First(params Option[] options) => options.FirstOrDefault(Has);
        if (Has(Teacher) == Has(TeacherModel))
        {
            result.AddError(Has(Teacher) ? "--teacher and --teacher-model are both given. Give --teacher for a backbone's features, or --teacher-model for the scores of a model."
                : "There is no teacher. Give --teacher with a backbone, or --teacher-model with a model.zip.");
            return;
        }
        if (Has(Teacher) && First(LabelColumn, TeacherTextColumn, Head, Temperature, HardWeight, SoftWeight) is Option ofTask)
            result.AddError($"{ofTask.Name} belongs to --teacher-model: with --teacher features are taught, without labels.");
        if (Has(TeacherModel) && First(Losses, EarlyStop, Int8, StartFromTeacher, Licence, Notes) is Option ofBackbone)
            result.AddError($"{ofBackbone.Name} belongs to --teacher: with --teacher-model scores of classes are taught, and the student is a model of a task.");
        if (Has(Teacher) && kind == StudentKind.Ngrams)
            result.AddError("--student ngrams is no backbone, so it cannot learn a backbone's features. Give --teacher-model, or --student static.");
        if (kind is not (StudentKind.Static or StudentKind.Transformer) && First(Dimension, Vocabulary, MaxLength, StartFromTeacher) is Option fresh)
            result.AddError($"{fresh.Name} belongs to --student static or transformer: a backbone that is there has its shape.");
        if (kind != StudentKind.Transformer && First(Layers, Heads, Hidden, TokenDimension, FeatureDimension) is Option encoder)
            result.AddError($"{encoder.Name} belongs to --student transformer.");
        if (kind != StudentKind.Pretrained && First(FineTune, Int8ToFloat) is Option tuned)
            result.AddError($"{tuned.Name} belongs to a --student that is a backbone; all of a fresh one is trained.");
        if (Has(EarlyStop) && result.GetValue(HoldOut) == 0)
            result.AddError("--early-stop is decided by the texts held out, but --hold-out is 0.");
    }
}
