using System.Collections.Immutable;

namespace MLTransfer.Cli.Teaching;

/// <summary>How the student learns, with or without a task. What is null is the default of who trains.</summary>
internal sealed record DistillSettings
{
    public required StudentSettings Student { get; init; }

    public required int? EpochCount { get; init; }

    public required int? BatchSize { get; init; }

    public required double? LearningRate { get; init; }

    public required double? WeightDecay { get; init; }

    public required double? Beta2 { get; init; }

    /// <summary>Without a task the share of texts that choose the epoch; with one the share of each class's labelled rows that is measured on.</summary>
    public required double? HoldOut { get; init; }

    /// <summary>Epochs without a better agreement after which training ends.</summary>
    public required int? EarlyStop { get; init; }

    public required int Seed { get; init; }

    public required int? ThreadCount { get; init; }

    public required string? CachePath { get; init; }

    public required string? CheckpointPath { get; init; }

    /// <summary>Terms on features; empty for the default ones.</summary>
    public required ImmutableArray<DistillationLoss> Losses { get; init; }

    /// <summary>A trainer's own options with what was asked for, what is held out excepted.</summary>
    public TrainingOptions Options(TrainingOptions defaults, IProgress<TrainingProgress>? progress, CancellationToken cancel) => defaults with
    {
        EpochCount = EpochCount ?? defaults.EpochCount,
        BatchSize = BatchSize ?? defaults.BatchSize,
        LearningRate = LearningRate ?? defaults.LearningRate,
        WeightDecay = WeightDecay ?? defaults.WeightDecay,
        Optimizer = Beta2 is double beta2 ? Optimizer.AdamW(beta2: beta2) : defaults.Optimizer,
        Seed = Seed,
        ThreadCount = ThreadCount,
        CheckpointPath = CheckpointPath,
        Progress = progress,
        CancellationToken = cancel,
    };
}
