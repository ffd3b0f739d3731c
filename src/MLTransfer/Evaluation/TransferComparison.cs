using MLTransfer.Evaluation;
using MLTransfer.Evaluation.Reports;

namespace MLTransfer;

/// <summary>Learning with transfer beside learning without, on the same rows. The first line of its text says plainly whether transfer helped or hurt.</summary>
public sealed record TransferComparison
{
    internal TransferComparison(IReadOnlyList<ComparisonRun> runs, bool isComplete, ComparisonProvenance provenance, IReadOnlyList<int> leftOutLabelsPerClass)
    {
        Runs = runs;
        IsComplete = isComplete;
        Provenance = provenance;
        LeftOutLabelsPerClass = leftOutLabelsPerClass;
        Summaries = [.. runs.GroupBy(r => r.LabelsPerClass).OrderBy(g => g.Key).Select(g => ComparisonSummary.Of(g.Key, [.. g]))];
        Verdict = Join([.. Summaries.Select(s => s.Verdict).Distinct()]);
    }

    /// <summary>Each seed and number of labels.</summary>
    public IReadOnlyList<ComparisonRun> Runs { get; }

    /// <summary>The seeds summed up, for each number of labels, ascending.</summary>
    public IReadOnlyList<ComparisonSummary> Summaries { get; }

    /// <summary>Whether transfer helped, over all numbers of labels; those that are undecided do not count where others are decided.</summary>
    public TransferVerdict Verdict { get; }

    /// <summary>Numbers of labels of the default of <see cref="CompareOptions.LabelsPerClass"/> that the smallest class has too few rows for.</summary>
    public IReadOnlyList<int> LeftOutLabelsPerClass { get; }

    /// <summary>What it was made of.</summary>
    public ComparisonProvenance Provenance { get; }

    /// <summary>False where it was cancelled before all runs were done.</summary>
    public bool IsComplete { get; }

    /// <summary>A table of the medians, minima and maxima under one line that says whether transfer helped.</summary>
    public override string ToString() => ComparisonText.Write(this);

    /// <summary>
    /// All of it as one JSON object: <c>verdict</c> and <c>headline</c> first, then <c>schema</c> (mltransfer-comparison/1), <c>isComplete</c>, <c>provenance</c>, <c>labelsPerClass</c>,
    /// <c>leftOutLabelsPerClass</c>, <c>summaries</c> (for each number of labels and side each measure as <c>minimum</c>, <c>median</c>, <c>maximum</c>, then <c>classes</c>, <c>confusion</c> with a
    /// list for each label, and <c>reliability</c>) and <c>runs</c> (each seed's measures). A number that is not known is null.
    /// </summary>
    /// <returns>The same text for the same comparison, on any machine.</returns>
    public string ToJson() => ComparisonJson.Write(this);

    /// <summary>Writes <see cref="ToJson"/> to a file in UTF-8, whole or not at all.</summary>
    /// <param name="path">The file; an older one is replaced.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Writing is not permitted.</exception>
    public void SaveJson(string path) => ReportFile.Replace(path, ToJson());

    /// <summary>
    /// Writes a page with the verdict, plots and tables, whole or not at all: one file that needs nothing else, neither scripts nor a network, for light and dark screens and for paper.
    /// </summary>
    /// <param name="path">The file; an older one is replaced.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Writing is not permitted.</exception>
    public void SaveHtml(string path) => ReportFile.Replace(path, ComparisonHtml.Write(this));

    private static TransferVerdict Join(TransferVerdict[] verdicts)
    {
        TransferVerdict[] decided = [.. verdicts.Where(v => v != TransferVerdict.Undecided)];
        return decided switch
        {
            [] => TransferVerdict.Undecided,
            [TransferVerdict one] => one,
            _ => TransferVerdict.Mixed,
        };
    }
}
