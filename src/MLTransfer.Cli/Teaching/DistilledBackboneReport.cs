namespace MLTransfer.Cli.Teaching;

/// <summary>What `distill` did without a task.</summary>
internal sealed record DistilledBackboneReport
{
    public required IReadOnlyList<string> Data { get; init; }

    public required int TextCount { get; init; }

    /// <summary>Texts that were left out because they had been there before.</summary>
    public required int DuplicateCount { get; init; }

    public required string Teacher { get; init; }

    public required int TeacherDimension { get; init; }

    /// <summary>What was asked for: a kind of fresh student, or a backbone.</summary>
    public required string Student { get; init; }

    /// <summary>Numbers of a feature of the student's.</summary>
    public required int Dimension { get; init; }

    public required IReadOnlyList<string> Losses { get; init; }

    /// <summary>Texts that the teacher ran.</summary>
    public required long TeacherRowsRun { get; init; }

    /// <summary>Texts whose features were in the cache.</summary>
    public required long TeacherRowsCached { get; init; }

    public required int EpochCount { get; init; }

    /// <summary>The epoch whose weights were kept, counted from 1; null where nothing was held out.</summary>
    public required int? BestEpoch { get; init; }

    public required long StepCount { get; init; }

    /// <summary>The share of texts held out to choose the epoch.</summary>
    public required double HeldOutFraction { get; init; }

    public required double? HeldOutLoss { get; init; }

    /// <summary>The mean cosine to the teacher's features on the texts held out, with weights in float; null where none were.</summary>
    public required double? HeldOutAgreement { get; init; }

    public required int Seed { get; init; }

    /// <summary>The folder of the saved backbone, and the bytes of all its files.</summary>
    public required string Folder { get; init; }

    public required long ByteCount { get; init; }

    public required bool IsInt8 { get; init; }

    public required double Seconds { get; init; }
}
