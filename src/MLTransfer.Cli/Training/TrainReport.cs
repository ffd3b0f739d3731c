using MLTransfer.Cli.Data;

namespace MLTransfer.Cli.Training;

/// <summary>What `train` did.</summary>
internal sealed record TrainReport
{
    public required string Data { get; init; }

    /// <summary>What the model reads: "text" or "image".</summary>
    public required BackboneModality Modality { get; init; }

    public required IReadOnlyList<ClassCount> Classes { get; init; }

    /// <summary>Why rows were left out, each with its place.</summary>
    public required IReadOnlyList<string> LeftOut { get; init; }

    public required int TrainingRowCount { get; init; }

    public required int HeldOutRowCount { get; init; }

    public required int Seed { get; init; }

    public required string Backbone { get; init; }

    public required HeadKind Head { get; init; }

    /// <summary>Numbers in the head.</summary>
    public required long HeadParameterCount { get; init; }

    /// <summary>What of the backbone was trained; null where it stayed frozen.</summary>
    public required TrainedParts? FineTuned { get; init; }

    /// <summary>On the rows held out; null where none were.</summary>
    public required ComparisonMetrics? HeldOut { get; init; }

    /// <summary>The share of the rows held out that always guessing the largest class gets right.</summary>
    public required double? LargestClassShare { get; init; }

    /// <summary>The frozen backbone with a linear head on the same rows; null where that is what was trained, or where none were held out.</summary>
    public required FrozenComparison? Frozen { get; init; }

    /// <summary>Seconds of reading, training and measuring.</summary>
    public required double Seconds { get; init; }

    public required WrittenFile Model { get; init; }

    /// <summary>The column that the model reads.</summary>
    public required string InputColumn { get; init; }

    /// <summary>The ONNX graph, where one was asked for.</summary>
    public required WrittenFile? Export { get; init; }
}

/// <summary>A file and its size.</summary>
internal sealed record WrittenFile(string Path, long ByteCount);

/// <summary>What training more than a linear head brought.</summary>
/// <param name="HeldOut">The frozen backbone with a linear head, on the rows held out.</param>
/// <param name="Verdict">Whether accuracy is higher.</param>
/// <param name="OnlyTrainedRight">Rows that only the trained model got right.</param>
/// <param name="OnlyFrozenRight">Rows that only the frozen backbone with a linear head got right.</param>
/// <param name="ChanceProbability">How probable so large a difference is where both are equally good.</param>
internal sealed record FrozenComparison(ComparisonMetrics HeldOut, TrainVerdict Verdict, int OnlyTrainedRight, int OnlyFrozenRight, double ChanceProbability)
{
    public static FrozenComparison Of(HeldOutMeasure trained, HeldOutMeasure frozen)
    {
        var pair = PairedResult.Of(trained.IsRight, frozen.IsRight);
        return new FrozenComparison(
            frozen.Metrics, (TrainVerdict)Math.Sign(pair.OnlyFirst - pair.OnlySecond), pair.OnlyFirst, pair.OnlySecond, pair.ChanceProbability);
    }
}

/// <summary>Whether the trained model beats the frozen backbone with a linear head.</summary>
internal enum TrainVerdict
{
    Lost = -1,
    MadeNoDifference = 0,
    Helped = 1,
}
