namespace MLTransfer.Evaluation.Reports;

/// <summary>What a fitted model is worth on labelled rows.</summary>
internal sealed record ModelEvaluation
{
    /// <summary>What the model is, such as the name of its file.</summary>
    public required string Model { get; init; }

    /// <summary>What the rows are, such as the name of their file.</summary>
    public required string Data { get; init; }

    /// <summary>Rows that could not be used, such as those without a label.</summary>
    public required int LeftOutRowCount { get; init; }

    /// <summary>Labels that the model does not know, with their rows, which were left out.</summary>
    public required IReadOnlyList<LabelCount> UnknownLabels { get; init; }

    public required ComparisonMetrics Metrics { get; init; }

    /// <summary>The share of rows that always guessing the most frequent label gets right.</summary>
    public double LargestClassShare => (double)Metrics.Classes.Max(c => c.Support) / Metrics.RowCount;

    /// <summary>Whether the model is no better than always guessing the most frequent label.</summary>
    public bool IsUseless => Metrics.Accuracy <= LargestClassShare;

    /// <summary>The first line of every form of the report.</summary>
    public string Headline => (IsUseless ? "No better than guessing: accuracy " : "Accuracy ") + $"{ReportText.Number(Metrics.Accuracy)} on {Metrics.RowCount} rows; " +
        $"always guessing the most frequent label gives {ReportText.Number(LargestClassShare)}";
}
