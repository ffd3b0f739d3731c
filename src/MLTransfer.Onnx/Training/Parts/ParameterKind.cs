namespace MLTransfer.Onnx.Training.Parts;

/// <summary>What a parameter does in its graph.</summary>
internal enum ParameterKind
{
    /// <summary>Matrices and kernels that multiply.</summary>
    Weight,

    /// <summary>What is added, one number for each channel.</summary>
    Bias,

    /// <summary>Scale or shift of a normalisation.</summary>
    Norm,

    /// <summary>A table of vectors that indices pick from, or places that are added to all rows.</summary>
    Embedding,
}
