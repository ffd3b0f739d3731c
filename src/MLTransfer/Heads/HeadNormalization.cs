namespace MLTransfer;

/// <summary>How the hidden layers of a head normalise their sums before the activation.</summary>
public enum HeadNormalization
{
    /// <summary>Not at all. The default.</summary>
    None,

    /// <summary>
    /// Each row's sums are brought to mean 0 and variance 1 over the layer (ε = 1e-5), then scaled and shifted by trained numbers (Ba, Kiros and Hinton 2016, "Layer normalization").
    /// </summary>
    Layer,
}
