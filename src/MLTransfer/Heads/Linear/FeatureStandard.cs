namespace MLTransfer.Heads.Linear;

/// <summary>How features are centred and scaled for training: z = (x − mean) · factor.</summary>
/// <param name="Means">One for each feature.</param>
/// <param name="Factors">One for each feature; 0 for one that never changes.</param>
/// <param name="Variances">Of the raw features.</param>
internal sealed record FeatureStandard(double[] Means, double[] Factors, double[] Variances)
{
    // What the features of a sentence encoder of 256 numbers have once they are standardised, so that a strength means about the same for either scaling.
    private const double CommonTotalVariance = 256;

    // Embeddings have next to no zeros, bags of words next to nothing else.
    private const double DenseShare = 0.25;

    // Below this share of the mean a standard deviation is rounding of float features.
    private const double ConstantFeature = 1e-6;

    // And below this share of the largest deviation it is what a network left in a unit that never fires: of a MiniLM's 384 features two are 1e-32. Units of measurement do not lie so far
    // apart.
    private const double DeadFeature = 1e-15;

    // Features that one piece of work looks at.
    private const int Block = 64;

    /// <summary>Looks at the training rows.</summary>
    /// <param name="features">n × D.</param>
    /// <param name="weights">One for each row, with a sum of 1.</param>
    /// <param name="scaling">How features are scaled.</param>
    /// <param name="workers">Threads.</param>
    public static FeatureStandard Of(AlignedMatrix features, double[] weights, FeatureScaling scaling, Workers workers)
    {
        (double[] means, double[] variances, long nonZeroCount) = Moments(features, weights, workers);
        if (scaling == FeatureScaling.Auto)
            scaling = nonZeroCount >= DenseShare * features.Rows * features.Columns ? FeatureScaling.Standardize : FeatureScaling.Common;
        return new FeatureStandard(means, FactorsOf(means, variances, scaling), variances);
    }

    /// <summary>Centres and scales all rows in place.</summary>
    public void Apply(AlignedMatrix features, Workers workers) => workers.ForRanges(features.Columns, Block, (from, to) =>
    {
        for (int i = 0; i < features.Rows; i++)
        {
            Span<float> row = features.Row(i)[from..to];
            for (int d = 0; d < row.Length; d++)
                row[d] = (float)((row[d] - Means[from + d]) * Factors[from + d]);
        }
    });

    private static (double[] Means, double[] Variances, long NonZeroCount) Moments(AlignedMatrix features, double[] weights, Workers workers)
    {
        int dimension = features.Columns;
        double[] means = new double[dimension];
        double[] variances = new double[dimension];
        long nonZeroCount = 0;
        workers.ForRanges(dimension, Block, (from, to) =>
        {
            Span<double> mean = means.AsSpan(from, to - from);
            Span<double> square = variances.AsSpan(from, to - from);
            long nonZeros = 0;
            for (int i = 0; i < features.Rows; i++)
            {
                ReadOnlySpan<float> row = features.Row(i)[from..to];
                nonZeros += row.Length - row.Count(0f);
                for (int d = 0; d < row.Length; d++)
                    mean[d] += weights[i] * row[d];
            }
            for (int i = 0; i < features.Rows; i++)
            {
                ReadOnlySpan<float> row = features.Row(i)[from..to];
                for (int d = 0; d < row.Length; d++)
                {
                    double distance = row[d] - mean[d];
                    square[d] += weights[i] * distance * distance;
                }
            }
            Interlocked.Add(ref nonZeroCount, nonZeros);
        });
        return (means, variances, nonZeroCount);
    }

    /// <summary>What each centred feature is multiplied by; 0 for one that never changes.</summary>
    private static double[] FactorsOf(double[] means, double[] variances, FeatureScaling scaling)
    {
        double dead = DeadFeature * Math.Sqrt(variances.Max());
        double[] factors = new double[means.Length];
        double total = 0;
        for (int d = 0; d < factors.Length; d++)
        {
            double deviation = Math.Sqrt(variances[d]);
            if (deviation <= ConstantFeature * Math.Abs(means[d]) || deviation <= dead)
                continue;
            factors[d] = 1 / deviation;
            total += variances[d];
        }
        if (scaling == FeatureScaling.Common && total > 0)
        {
            double common = Math.Sqrt(CommonTotalVariance / total);
            for (int d = 0; d < factors.Length; d++)
                factors[d] = factors[d] == 0 ? 0 : common;
        }
        return factors;
    }
}
