namespace MLTransfer.Backbones;

/// <summary>Where the numbers of one feature lie in what the graph delivers.</summary>
internal enum FeatureAxes
{
    /// <summary>On the last axis: [batch, D], [batch, tokens, D], [batch, H, W, D].</summary>
    TokensFirst,

    /// <summary>On the second axis: [batch, D, H, W].</summary>
    ChannelsFirst,
}
