namespace MLTransfer;

/// <summary>How the token vectors t₁…tₙ of a row (padding never counted) become its feature.</summary>
public enum Pooling
{
    /// <summary>The graph's feature output is one vector for each row already; nothing is pooled.</summary>
    Graph,

    /// <summary>The vector of the first token, t₁ (BERT's [CLS]).</summary>
    Cls,

    /// <summary>The mean, (t₁ + … + tₙ) / n.</summary>
    Mean,

    /// <summary>The largest value of each coordinate, maxᵢ tᵢ.</summary>
    Max,

    /// <summary>The vector of the last token, tₙ, as decoder models need it.</summary>
    Last,

    /// <summary>The position-weighted mean, Σ i·tᵢ / Σ i (Muennighoff 2022, "SGPT", equation 2).</summary>
    WeightedMean,

    /// <summary>No pooling: the sequence itself, a variable Vector&lt;Single&gt; of n × D numbers, row after row.</summary>
    None,
}
