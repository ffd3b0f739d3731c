using MLTransfer.Cli.Data;
using MLTransfer.Cli.Training;

namespace MLTransfer.Cli.Teaching;

/// <summary>What `distill` did with a model as the teacher.</summary>
internal sealed record DistilledModelReport
{
    public required IReadOnlyList<string> Data { get; init; }

    /// <summary>The classes of the labelled rows.</summary>
    public required IReadOnlyList<ClassCount> Classes { get; init; }

    /// <summary>Rows with a label that were trained on.</summary>
    public required int LabelledRowCount { get; init; }

    /// <summary>Rows without a label that were trained on.</summary>
    public required int UnlabelledRowCount { get; init; }

    public required int HeldOutRowCount { get; init; }

    /// <summary>Texts without a label that were left out because they are there already.</summary>
    public required int DuplicateCount { get; init; }

    /// <summary>Why rows were left out, each with its place.</summary>
    public required IReadOnlyList<string> LeftOut { get; init; }

    public required string Teacher { get; init; }

    /// <summary>The column that the teacher reads.</summary>
    public required string TeacherTextColumn { get; init; }

    /// <summary>What was asked for: a kind of fresh student, n-grams, or a backbone.</summary>
    public required string Student { get; init; }

    public required HeadKind Head { get; init; }

    /// <summary>What of a backbone that was there was trained; null for nothing, and of a fresh one.</summary>
    public required TrainedParts? FineTuned { get; init; }

    public required IReadOnlyList<string> Losses { get; init; }

    /// <summary>Texts that the teacher ran, those held out included.</summary>
    public required long TeacherRowsRun { get; init; }

    /// <summary>Texts whose scores were in the cache.</summary>
    public required long TeacherRowsCached { get; init; }

    public required int EpochCount { get; init; }

    public required long StepCount { get; init; }

    /// <summary>On the rows held out; null where none were.</summary>
    public required DistillComparison? Comparison { get; init; }

    public required int Seed { get; init; }

    public required WrittenFile Model { get; init; }

    /// <summary>The column that the student reads.</summary>
    public required string InputColumn { get; init; }

    public required double Seconds { get; init; }
}

/// <summary>The taught student, the same student on labels alone, and the teacher on the same rows.</summary>
/// <param name="Distilled">The taught student.</param>
/// <param name="LabelsAlone">The same student trained on the labelled rows without the teacher.</param>
/// <param name="TeacherAccuracy">The teacher's accuracy; worth what it seems only where the teacher has not seen these rows.</param>
/// <param name="LargestClassShare">The accuracy of always guessing the largest class.</param>
/// <param name="Gain">Accuracy of the taught student, less that on labels alone.</param>
/// <param name="OnlyDistilledRight">Rows that only the taught student got right.</param>
/// <param name="OnlyLabelsAloneRight">Rows that only the other got right.</param>
/// <param name="ChanceProbability">How probable so large a difference is where both are equally good.</param>
internal sealed record DistillComparison(
    ComparisonMetrics Distilled, ComparisonMetrics LabelsAlone, double TeacherAccuracy, double LargestClassShare, double Gain, int OnlyDistilledRight, int OnlyLabelsAloneRight, double ChanceProbability)
{
    public static DistillComparison Of(HeldOutMeasure distilled, HeldOutMeasure labelsAlone, double teacherAccuracy, double largestClassShare)
    {
        var pair = PairedResult.Of(distilled.IsRight, labelsAlone.IsRight);
        return new DistillComparison(distilled.Metrics, labelsAlone.Metrics, teacherAccuracy, largestClassShare, distilled.Metrics.Accuracy - labelsAlone.Metrics.Accuracy, pair.OnlyFirst,
            pair.OnlySecond, pair.ChanceProbability);
    }
}
