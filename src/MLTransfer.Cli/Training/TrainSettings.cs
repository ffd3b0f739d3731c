namespace MLTransfer.Cli.Training;

/// <summary>What the command line asks for.</summary>
internal sealed record TrainSettings
{
    public required HeadKind Head { get; init; }

    /// <summary>Which weights of the backbone are trained; null for none.</summary>
    public required FreezingPlan? FineTune { get; init; }

    /// <summary>Whether 8-bit products of the backbone are first turned into float.</summary>
    public required bool Int8ToFloat { get; init; }

    /// <summary>Null for the trainer's default, as for the next two.</summary>
    public required int? EpochCount { get; init; }

    public required int? BatchSize { get; init; }

    public required double? LearningRate { get; init; }

    /// <summary>The share of each class that is measured on and not trained on.</summary>
    public required double HoldOut { get; init; }

    public required int Seed { get; init; }

    public required string? CheckpointPath { get; init; }

    /// <summary>Whether weights are trained by steps, in epochs; a linear head on frozen features is solved.</summary>
    public bool IsByEpochs => FineTune is not null || Head == HeadKind.Mlp;

    /// <summary>The trainer's own options with what was asked for. Nothing is held out inside: no epoch is chosen, so the rows measured on decide nothing.</summary>
    public TrainingOptions Options(TrainingOptions defaults, IProgress<TrainingProgress>? progress, CancellationToken cancel) => defaults with
    {
        EpochCount = EpochCount ?? defaults.EpochCount,
        BatchSize = BatchSize ?? defaults.BatchSize,
        LearningRate = LearningRate ?? defaults.LearningRate,
        Seed = Seed,
        CheckpointPath = CheckpointPath,
        Progress = progress,
        CancellationToken = cancel,
    };
}
