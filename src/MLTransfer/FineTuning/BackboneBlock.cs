namespace MLTransfer;

/// <summary>A block of a backbone, as fine-tuning sees it: an encoder layer, a residual unit, a convolution of a plain chain. Found by the graph's structure.</summary>
/// <param name="Index">From 0 at the input.</param>
/// <param name="EndsAt">The value that leaves the block. <c>FreezingPlan.Behind</c> it trains what follows.</param>
/// <param name="ParameterCount">Numbers in its weights.</param>
/// <param name="ParameterNames">Its weights' names in the graph.</param>
/// <param name="Problem">Why it cannot be trained: the node in the way and what is wrong with it; null where it can.</param>
public sealed record BackboneBlock(int Index, string EndsAt, long ParameterCount, IReadOnlyList<string> ParameterNames, string? Problem)
{
    /// <summary>Whether all its weights can be trained.</summary>
    public bool IsTrainable => Problem is null;
}
