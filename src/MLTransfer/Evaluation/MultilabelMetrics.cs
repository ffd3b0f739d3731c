namespace MLTransfer;

/// <summary>How well the labels of rows that may have any number of them were found, by scikit-learn's definitions.</summary>
/// <param name="RowCount">Rows measured.</param>
/// <param name="MicroF1">2 · TP / (2 · TP + FP + FN) over all labels together: labels count as often as they occur.</param>
/// <param name="MacroF1">The mean of the labels' own F1, over the labels that occur or were predicted: each counts the same.</param>
/// <param name="SubsetAccuracy">The share of rows all of whose labels are right.</param>
/// <param name="HammingLoss">The share of answers, rows × labels, that are wrong.</param>
/// <param name="Labels">Each label by itself, in the order of the columns.</param>
public sealed record MultilabelMetrics(int RowCount, double MicroF1, double MacroF1, double SubsetAccuracy, double HammingLoss, IReadOnlyList<MultilabelMetrics.LabelMetrics> Labels)
{
    /// <summary>How well one label was found.</summary>
    /// <param name="Name">The label.</param>
    /// <param name="Count">Rows that have it.</param>
    /// <param name="Precision">TP / (TP + FP), 0 where it was never predicted.</param>
    /// <param name="Recall">TP / (TP + FN), 0 where it never occurs.</param>
    /// <param name="F1">2 · TP / (2 · TP + FP + FN), 0 where it neither occurs nor was predicted.</param>
    public sealed record LabelMetrics(string Name, long Count, double Precision, double Recall, double F1);
}
