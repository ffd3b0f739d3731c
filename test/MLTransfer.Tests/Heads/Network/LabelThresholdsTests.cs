using MLTransfer.Heads.Network;

namespace MLTransfer.Tests.Heads.Network;

internal sealed class LabelThresholdsTests
{
    [Test]
    public void Tune_ManyRows_FindsWhereF1IsHighest()
    {
        // Two labels of 1,000 rows: the first holds from a probability of 0.2 on, the second from 0.8 on.
        float[] logits = new float[2000], labels = new float[2000];
        for (int i = 0; i < 1000; i++)
        {
            float p = (i + 0.5f) / 1000;
            logits[2 * i] = logits[2 * i + 1] = MathF.Log(p / (1 - p));
            labels[2 * i] = p > 0.2f ? 1 : 0;
            labels[2 * i + 1] = p > 0.8f ? 1 : 0;
        }
        Assert.That(LabelThresholds.Tune(logits, labels, 2), Is.EqualTo(new[] { 0.2f, 0.8f }).Within(1e-6), "candidates are steps of 0.02");
    }

    [Test]
    public void Tune_ALabelOfOneRow_FollowsTheOthers()
    {
        // The only row of the second label has a probability of 0.02; by itself it would want that as its threshold.
        const int count = 400;
        float[] logits = new float[2 * count], labels = new float[2 * count];
        for (int i = 0; i < count; i++)
        {
            float p = (i + 0.5f) / count;
            logits[2 * i] = MathF.Log(p / (1 - p));
            labels[2 * i] = p > 0.6f ? 1 : 0;
            logits[2 * i + 1] = i == 0 ? -3.8f : -6;
            labels[2 * i + 1] = i == 0 ? 1 : 0;
        }
        float[] thresholds = LabelThresholds.Tune(logits, labels, 2);
        Assert.That(thresholds[0], Is.EqualTo(0.6f).Within(0.02f));
        Assert.That(thresholds[1], Is.GreaterThan(0.3f));
    }

    [Test]
    public void Counts_F1_IsThatOfTheFormula()
    {
        MultilabelCounts counts = new(TruePositives: 3, FalsePositives: 1, FalseNegatives: 2);
        Assert.That(counts.F1, Is.EqualTo(6 / 9.0));
        Assert.That(default(MultilabelCounts).F1, Is.Zero);
        Assert.That((counts + counts.With(true, true)).TruePositives, Is.EqualTo(7));
    }
}
