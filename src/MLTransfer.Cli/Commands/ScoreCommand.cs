using System.CommandLine;
using MLTransfer.Cli.Scoring;

namespace MLTransfer.Cli.Commands;

/// <summary>`mltransfer score`: rows in, a saved model's answers out.</summary>
internal static class ScoreCommand
{
    public const string Name = "score";

    public static string[] Examples { get; } =
    [
        "mltransfer score model.zip tickets.csv scored.csv",
        "mltransfer score model.zip mails.parquet scored.parquet --text-column body --keep id",
        "mltransfer score model.zip photos scored.csv --max-error-rate 0.05",
        "mltransfer score model.zip mails.parquet parts --shard 0/8",
    ];

    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "A model.zip that ML.NET saved." };
        var outputs = new Option<string?>("--columns")
        {
            Description = "The model's columns that are written, separated by commas. Default: PredictedLabel, Score and Probability where it has them, else all it adds.",
            HelpName = "NAMES",
        };
        var options = new RowJobOptions();
        var command = new Command(Name, "Score the rows of files or folders with a saved model, alone or as one of many shards. Goes on where an earlier run of the same command ended.") { model };
        options.AddTo(command);
        command.Add(outputs);
        // On a thread of its own: the parser listens for Ctrl-C only once the action has given it a task to wait for.
        command.SetAction((parsed, cancel) => Task.Run(
            () => RowJob.Run(
                parsed, options, (ml, _) => ScoreModel.Load(ml, parsed.GetRequiredValue(model)), parsed.GetValue(outputs) is string names ? RowJobOptions.Names(names) : null, cancel),
            CancellationToken.None));
        return command;
    }
}
