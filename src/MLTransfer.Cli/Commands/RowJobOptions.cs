using System.CommandLine;
using System.CommandLine.Parsing;
using MLTransfer.Cli.Scoring;
using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Commands;

/// <summary>What all commands that put many rows through a model can be told.</summary>
internal sealed class RowJobOptions
{
    private const string None = "none";
    private const double DefaultErrorRate = 0.01;
    private const double DefaultCheckpointSeconds = 20;
    private const double LongestCheckpointSeconds = 86400;
    private const string UsualFormat = "parquet";

    public Argument<string[]> Files { get; } = new("input… output")
    {
        Description = "The input: .csv (quotes), .tsv (none), .jsonl or .parquet files of the same columns, or folders of them, of pictures or of sounds. Last the output: a file that ends in .csv, .tsv or .parquet, " +
            "or a folder, which gets a part for each shard.",
        Arity = new ArgumentArity(2, 100_000),
    };

    public Option<string?> Shard { get; } = new("--shard")
    {
        Description = "The part of the rows to do, INDEX/COUNT with the index from 0. Else MLTRANSFER_SHARD_INDEX and _COUNT, JOB_COMPLETION_INDEX with a count, or the SLURM_ARRAY_TASK_ variables say it.",
        HelpName = "I/N",
    };

    public Option<int?> ShardCount { get; } = new("--shard-count") { Description = "How many shards there are, where the environment gives the index alone.", HelpName = "N" };

    public Option<string> Format { get; } = new("--format") { Description = "How parts in a folder are written.", DefaultValueFactory = _ => UsualFormat };

    public Option<string?> TextColumn { get; } = new("--text-column") { Description = "The input's column of texts (or of paths). Default: the one named as the model's." };

    public Option<string[]> Columns { get; } = new("--column") { Description = "The input's column for one of the model's, as MODEL=INPUT; may be given several times.", HelpName = "MODEL=INPUT" };

    public Option<string?> Keep { get; } = new("--keep")
    {
        Description = "The input's columns that are passed on, separated by commas; 'none' for none. Default: all.",
        HelpName = "NAMES",
    };

    public Option<double> MaximumErrorRate { get; } = new("--max-error-rate")
    {
        Description = "The share of a shard's rows that may fail. Those that do stand in an errors file; more end the job with exit code 2.",
        HelpName = "SHARE",
        DefaultValueFactory = _ => DefaultErrorRate,
        CustomParser = result => NumberOption.Read(result, "--max-error-rate", "a number from 0 to 1", v => v is >= 0 and <= 1) ?? 0,
    };

    public Option<double> Checkpoint { get; } = new("--checkpoint-seconds")
    {
        Description = "How much work a kill may cost: after so long, what is done is put on the disk.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => DefaultCheckpointSeconds,
        CustomParser = result => NumberOption.Read(result, "--checkpoint-seconds", "a number from 0 to 86400", v => v is >= 0 and <= LongestCheckpointSeconds) ?? 0,
    };

    public Option<bool> Restart { get; } = new("--restart") { Description = "Drop what an earlier job left under this output." };

    public Option<string> Device { get; } = new("--device") { Description = "Where the model runs: cpu, or cuda:0 and so on.", DefaultValueFactory = _ => "cpu" };

    public Option<bool> Json { get; } = new("--json") { Description = "One JSON object for programs." };

    public void AddTo(Command command)
    {
        Format.AcceptOnlyFromAmong([.. TableOutput.Extensions.Select(e => e[1..])]);
        command.Add(Files);
        foreach (Option option in (Option[])[Shard, ShardCount, Format, TextColumn, Columns, Keep, MaximumErrorRate, Checkpoint, Restart, Device, Json])
            command.Add(option);
        Columns.Validators.Add(result =>
        {
            foreach (Token token in result.Tokens.Where(t => t.Value.IndexOf('=', StringComparison.Ordinal) < 1 || t.Value.EndsWith('=')))
                result.AddError($"--column is '{token.Value}'. It is MODEL=INPUT: the model's name for the column, and the input's.");
        });
    }

    /// <summary>What was chosen of the columns.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="outputs">Columns of the model; null for the usual ones.</param>
    public ColumnChoice Choice(ParseResult parsed, IReadOnlyList<string>? outputs)
    {
        var sources = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string pair in parsed.GetValue(Columns) ?? [])
        {
            int at = pair.IndexOf('=', StringComparison.Ordinal);
            if (!sources.TryAdd(pair[..at], pair[(at + 1)..]))
                throw new ArgumentException($"--column is given twice for the model's '{pair[..at]}'.");
        }
        IReadOnlyList<string>? kept = parsed.GetValue(Keep) switch
        {
            null => null,
            None => [],
            string names => Names(names),
        };
        return new ColumnChoice(parsed.GetValue(TextColumn), sources, kept, outputs);
    }

    /// <summary>Names separated by commas.</summary>
    public static IReadOnlyList<string> Names(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>How the job is done, and what said which shard this is. The folder of parts is made.</summary>
    /// <exception cref="ArgumentException">The output cannot be written there, or the shard makes no sense.</exception>
    public (ScoreSettings Settings, string ShardSource) Settings(ParseResult parsed, int blockRowCount)
    {
        (Shard shard, string source) = ShardSource.Find(parsed.GetValue(Shard), parsed.GetValue(ShardCount), Environment.GetEnvironmentVariable);
        string output = parsed.GetRequiredValue(Files)[^1];
        bool isFile = TableOutput.Extensions.Contains(Path.GetExtension(output), StringComparer.OrdinalIgnoreCase) && !Directory.Exists(output);
        if (isFile && parsed.GetResult(Format) is { Implicit: false })
            throw new ArgumentException($"--format belongs to a folder of parts; '{output}' is one file, whose ending says how it is written.");
        if (isFile && shard.Count > 1)
            throw new ArgumentException($"The output '{output}' is one file, but this is shard {shard} ({source}). Give a folder, which gets a part for each shard, and join them with 'mltransfer merge'.");
        string? folder = isFile ? null : output;
        if (folder is null)
            OutputFile.Check(output, "The output");
        else
            MakeFolder(folder);
        return (new ScoreSettings
        {
            Shard = shard,
            Folder = folder,
            Paths = folder is null ? PartPaths.OfFile(output) : PartPaths.InFolder(folder, shard, $".{parsed.GetRequiredValue(Format)}"),
            MaximumErrorRate = parsed.GetValue(MaximumErrorRate),
            BlockRowCount = blockRowCount,
            CheckpointTime = TimeSpan.FromSeconds(parsed.GetValue(Checkpoint)),
            Restart = parsed.GetValue(Restart),
        }, source);
    }

    /// <summary>Refuses an output that would replace an input, or become part of one.</summary>
    public static void CheckApart(IEnumerable<string> inputs, string output)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        foreach (string input in inputs)
        {
            string source = Path.TrimEndingDirectorySeparator(Path.GetFullPath(input));
            if (source == target)
                throw new ArgumentException($"The output '{output}' is an input, too. The last name is the output: give one of its own.");
            if (Directory.Exists(source) && target.StartsWith(source + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                throw new ArgumentException($"The output '{output}' lies in the input folder '{input}', whose files would be read with it the next time. Give a place outside.");
        }
    }

    private static void MakeFolder(string folder)
    {
        string extension = Path.GetExtension(folder);
        if (extension.Length > 0 && !Directory.Exists(folder))
            throw new ArgumentException($"The output '{folder}' ends in '{extension}', which cannot be written. Give a file that ends in {string.Join(", ", TableOutput.Extensions)}, or a folder.");
        OutputFile.CheckFolder(folder, "The output");
        Directory.CreateDirectory(folder);
        // A folder that is there may still be closed to us: said now, and not after hours.
        string proof = DurableFile.TemporaryPath(Path.Combine(folder, "proof"));
        using (new FileStream(proof, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose))
        {
        }
    }
}
