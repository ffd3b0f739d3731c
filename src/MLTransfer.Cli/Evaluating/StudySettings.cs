using MLTransfer.Cli.Training;

namespace MLTransfer.Cli.Evaluating;

/// <summary>How a comparison is made, as the command line asks for it.</summary>
internal sealed record StudySettings
{
    public required HeadKind Head { get; init; }

    public required int SeedCount { get; init; }

    /// <summary>Null for the library's default.</summary>
    public required int[]? LabelsPerClass { get; init; }

    /// <summary>The share of each class that is measured on where there are no rows for it.</summary>
    public required double HoldOut { get; init; }
}
