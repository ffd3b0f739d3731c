namespace MLTransfer;

/// <summary>How a linear head scales features while it trains; the scaling is folded into the fitted weights. It decides which features a penalty holds back most.</summary>
public enum FeatureScaling
{
    /// <summary>
    /// <see cref="Standardize"/> where at least a quarter of the training values are not zero, else <see cref="Common"/>. The default.
    /// </summary>
    Auto,

    /// <summary>Each feature is brought to mean 0 and standard deviation 1: right for embeddings and measurements, whose features each carry something.</summary>
    Standardize,

    /// <summary>
    /// Each feature is brought to mean 0, and all are multiplied by one number, so that their variances sum to 256. Right for word counts and hashed n-grams: a standard
    /// deviation of 1 would blow up exactly the words that occurred once. With ten rows a class of banking77, standardising costs tf-idf 12 points of accuracy.
    /// </summary>
    Common,
}
