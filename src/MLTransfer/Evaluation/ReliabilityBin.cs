namespace MLTransfer;

/// <summary>The rows whose confidence, the largest probability, is above <paramref name="LowerBound"/> and at most <paramref name="UpperBound"/>.</summary>
/// <param name="LowerBound">Where it begins.</param>
/// <param name="UpperBound">Where it ends.</param>
/// <param name="RowCount">Rows in it.</param>
/// <param name="MeanConfidence">Their mean confidence; NaN where there is no row.</param>
/// <param name="Accuracy">The share of them that is right; NaN where there is no row.</param>
public sealed record ReliabilityBin(double LowerBound, double UpperBound, long RowCount, double MeanConfidence, double Accuracy);
