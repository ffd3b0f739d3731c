namespace MLTransfer;

/// <summary>One sample, trained on and measured with and without transfer.</summary>
/// <param name="LabelsPerClass">Labels of each class in the sample.</param>
/// <param name="Seed">The seed that drew the sample and trained.</param>
/// <param name="With">Measured with transfer.</param>
/// <param name="Without">Measured without transfer, on the same rows.</param>
public sealed record ComparisonRun(int LabelsPerClass, int Seed, ComparisonMetrics With, ComparisonMetrics Without);
