namespace MLTransfer.Heads.Network;

/// <summary>
/// Chooses from which probability on each label is said to hold, so that F1 is high on rows that were not trained on. A label with few rows says little about its own threshold, so the
/// counts of all labels together take part as if they were <see cref="PriorPositives"/> more of its rows.
/// </summary>
/// <remarks>Reference: Fan and Lin (2007), "A study on threshold selection for multi-label classification" (tuning by label, and its overfitting of rare labels).</remarks>
internal static class LabelThresholds
{
    /// <summary>The threshold where nothing was tuned.</summary>
    public const float Neutral = 0.5f;

    // Enough that a label of one or two rows follows the others, little enough that one of fifty has its own way. Not tuned on any set.
    private const double PriorPositives = 10;

    // Candidates in steps of 0.02 from 0.02 to 0.98: finer ones only follow the noise of a few hundred rows.
    private const int CandidateCount = 49;

    /// <summary>One threshold for each label.</summary>
    /// <param name="logits">Logits of rows that were not trained on, rows × width.</param>
    /// <param name="labels">Their labels, rows × width; above a half is yes.</param>
    /// <param name="width">K.</param>
    public static float[] Tune(ReadOnlySpan<float> logits, ReadOnlySpan<float> labels, int width)
    {
        float[] candidates = [.. Enumerable.Range(1, CandidateCount).Select(i => i / (CandidateCount + 1f))];
        var counts = new MultilabelCounts[width, CandidateCount];
        for (int i = 0; i < logits.Length; i++)
        {
            float probability = Logistic.Of(logits[i]);
            bool truth = labels[i] > 0.5f;
            for (int c = 0; c < CandidateCount; c++)
                counts[i % width, c] = counts[i % width, c].With(probability >= candidates[c], truth);
        }
        var pooled = new MultilabelCounts[CandidateCount];
        for (int k = 0; k < width; k++)
        {
            for (int c = 0; c < CandidateCount; c++)
                pooled[c] += counts[k, c];
        }
        double positives = pooled[0].TruePositives + pooled[0].FalseNegatives;
        double share = positives > 0 ? PriorPositives / positives : 0;
        float[] thresholds = new float[width];
        for (int k = 0; k < width; k++)
        {
            double best = -1;
            for (int c = 0; c < CandidateCount; c++)
            {
                MultilabelCounts own = counts[k, c], all = pooled[c];
                double right = 2 * (own.TruePositives + share * all.TruePositives);
                double sum = right + own.FalsePositives + own.FalseNegatives + share * (all.FalsePositives + all.FalseNegatives);
                double f1 = sum > 0 ? right / sum : 0;
                // Of equally good ones that which lies nearest to a half.
                if (f1 > best || (f1 == best && Math.Abs(candidates[c] - Neutral) < Math.Abs(thresholds[k] - Neutral)))
                    (best, thresholds[k]) = (f1, candidates[c]);
            }
        }
        return thresholds;
    }
}
