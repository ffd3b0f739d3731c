namespace MLTransfer.Onnx.Training.Losses;

/// <summary>
/// Targets of <see cref="CrossEntropyLoss"/> and <see cref="FocalLoss"/> from labels, as PyTorch's CrossEntropyLoss weighs them: with ε the label smoothing and c the class
/// weights, row i has l_i = Σ_k c_k · ((1 − ε) · t_ik + ε / K) · (−log p_ik) and the mean is Σ l_i / Σ_i Σ_k c_k · t_ik.
/// </summary>
/// <remarks>Reference: Szegedy et al. (2016), "Rethinking the Inception architecture", section 7 (label smoothing).</remarks>
internal static class ClassTargets
{
    /// <summary>Writes a row's target and gives back how much the row weighs.</summary>
    /// <param name="probabilities">t_i: 1 at the label and 0 elsewhere, or soft labels.</param>
    /// <param name="classWeights">c; empty for 1.</param>
    /// <param name="smoothing">ε, from 0 to below 1.</param>
    /// <param name="target">Receives the row of the graph's input, divided by the row's weight.</param>
    public static double Write(ReadOnlySpan<float> probabilities, ReadOnlySpan<double> classWeights, double smoothing, Span<float> target)
    {
        double weight = 0;
        for (int k = 0; k < probabilities.Length; k++)
            weight += probabilities[k] * (classWeights.IsEmpty ? 1 : classWeights[k]);
        if (weight == 0)
        {
            target.Clear();
            return 0;
        }
        for (int k = 0; k < probabilities.Length; k++)
            target[k] = (float)((classWeights.IsEmpty ? 1 : classWeights[k]) * ((1 - smoothing) * probabilities[k] + smoothing / probabilities.Length) / weight);
        return weight;
    }
}
