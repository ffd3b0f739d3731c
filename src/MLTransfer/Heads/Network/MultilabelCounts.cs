namespace MLTransfer.Heads.Network;

/// <summary>Right and wrong answers of yes/no labels.</summary>
/// <param name="TruePositives">Said yes, rightly.</param>
/// <param name="FalsePositives">Said yes, wrongly.</param>
/// <param name="FalseNegatives">Said no, wrongly.</param>
internal readonly record struct MultilabelCounts(long TruePositives, long FalsePositives, long FalseNegatives)
{
    /// <summary>2 · TP / (2 · TP + FP + FN), 0 where there is neither a yes nor an answer of yes: scikit-learn's definition.</summary>
    public double F1 => 2 * TruePositives + FalsePositives + FalseNegatives is long sum and > 0 ? 2.0 * TruePositives / sum : 0;

    /// <summary>The counts of all labels together at one threshold.</summary>
    /// <param name="rows">Row indices.</param>
    /// <param name="logits">Their logits, rows × width.</param>
    /// <param name="labels">Labels of all rows, n × width; above a half is yes.</param>
    /// <param name="width">K.</param>
    /// <param name="threshold">The probability from which on the answer is yes.</param>
    public static MultilabelCounts Of(int[] rows, float[] logits, float[] labels, int width, float threshold)
    {
        MultilabelCounts counts = default;
        for (int i = 0; i < rows.Length; i++)
        {
            for (int k = 0; k < width; k++)
                counts = counts.With(Logistic.Of(logits[i * width + k]) >= threshold, labels[rows[i] * width + k] > 0.5f);
        }
        return counts;
    }

    /// <summary>With one more answer.</summary>
    public MultilabelCounts With(bool answer, bool truth) => (answer, truth) switch
    {
        (true, true) => this with { TruePositives = TruePositives + 1 },
        (true, false) => this with { FalsePositives = FalsePositives + 1 },
        (false, true) => this with { FalseNegatives = FalseNegatives + 1 },
        _ => this,
    };

    public static MultilabelCounts operator +(MultilabelCounts a, MultilabelCounts b) =>
        new(a.TruePositives + b.TruePositives, a.FalsePositives + b.FalsePositives, a.FalseNegatives + b.FalseNegatives);
}
