using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Scoring;

/// <summary>All that decides what a job's output is. Two parts belong together only if they agree in it, and a part is gone on with only by the job that began it.</summary>
internal sealed record JobDescription
{
    /// <summary>The version of MLTransfer.</summary>
    public required string Tool { get; init; }

    /// <summary>SHA-256 of the model's file, or of the backbone and its settings.</summary>
    public required string Model { get; init; }

    /// <summary>SHA-256 over all input.</summary>
    public required string Input { get; init; }

    /// <summary>Rows of all input.</summary>
    public required long InputRowCount { get; init; }

    /// <summary>The files of the input.</summary>
    public required IReadOnlyList<InputFile> Files { get; init; }

    /// <summary>How many shards the rows are divided into.</summary>
    public required int ShardCount { get; init; }

    /// <summary>Rows that are scored together.</summary>
    public required int BlockRowCount { get; init; }

    /// <summary>How parts are written: ".csv", ".tsv" or ".parquet".</summary>
    public required string Format { get; init; }

    /// <summary>Which column of the input each of the model's is read from, as "Model=file", in order.</summary>
    public required IReadOnlyList<string> Reads { get; init; }

    /// <summary>The columns of the output, as "Name: Kind".</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Names what two jobs differ in; empty where they are the same.</summary>
    public IReadOnlyList<string> DifferencesFrom(JobDescription other)
    {
        (string Name, object Mine, object Theirs)[] values =
        [
            ("version of MLTransfer", Tool, other.Tool),
            ("model", Model, other.Model),
            ("input", Input, other.Input),
            ("rows of the input", InputRowCount, other.InputRowCount),
            ("number of shards", ShardCount, other.ShardCount),
            ("rows scored together", BlockRowCount, other.BlockRowCount),
            ("format", Format, other.Format),
            ("columns read", string.Join(", ", Reads), string.Join(", ", other.Reads)),
            ("columns written", string.Join(", ", Columns), string.Join(", ", other.Columns)),
        ];
        return [.. values.Where(v => !v.Mine.Equals(v.Theirs)).Select(v => $"{v.Name} ({Short(v.Theirs)} there, {Short(v.Mine)} here)")];
    }

    // Of a hash the first figures tell two apart.
    private static string Short(object value) => value is string { Length: 64 } hash ? $"{hash[..12]}…" : $"{value}";
}
