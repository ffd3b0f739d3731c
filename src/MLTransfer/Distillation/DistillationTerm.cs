namespace MLTransfer.Distillation;

/// <summary>The kinds of terms; those on features come last.</summary>
internal enum DistillationTerm
{
    Hard,
    Hinton,
    Decoupled,
    Estimate,
    Hint,
    Cosine,
    RelationalDistance,
    RelationalAngle,
    Similarity,
}
