using MLTransfer.Cli.Training;

namespace MLTransfer.Cli.Demo;

/// <summary>What `demo` did.</summary>
internal sealed record DemoReport
{
    /// <summary>What it worked on, in a sentence.</summary>
    public required string Data { get; init; }

    public required int RowCount { get; init; }

    public required int ClassCount { get; init; }

    /// <summary>Rows that were left out, each with its reason.</summary>
    public required IReadOnlyList<string> LeftOut { get; init; }

    public required string Backbone { get; init; }

    /// <summary>What stood in the place of the backbone on the side without transfer.</summary>
    public required string Without { get; init; }

    public required TransferVerdict Verdict { get; init; }

    /// <summary>By number of labels.</summary>
    public required IReadOnlyList<DemoComparison> Comparison { get; init; }

    public required WrittenFile Model { get; init; }

    /// <summary>Rows that the model had not seen, scored by the saved file.</summary>
    public required IReadOnlyList<ScoredRow> Scored { get; init; }

    public required double Seconds { get; init; }
}

/// <summary>Both sides at one number of labels, over the seeds.</summary>
internal sealed record DemoComparison(int LabelsPerClass, int SeedCount, DemoMeasures With, DemoMeasures Without, TransferVerdict Verdict)
{
    public static DemoComparison Of(ComparisonSummary s) => new(
        s.LabelsPerClass, s.SeedCount, new DemoMeasures(s.With.Accuracy, s.With.MacroF1, s.With.LogLoss), new DemoMeasures(s.Without.Accuracy, s.Without.MacroF1, s.Without.LogLoss), s.Verdict);
}

/// <summary>Measures of one side, each with minimum, median and maximum.</summary>
internal sealed record DemoMeasures(MetricSummary Accuracy, MetricSummary MacroF1, MetricSummary LogLoss);
