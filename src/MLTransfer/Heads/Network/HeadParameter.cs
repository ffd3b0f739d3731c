using System.Collections.Immutable;

namespace MLTransfer.Heads.Network;

/// <summary>One tensor of a head's weights.</summary>
/// <param name="Name">Its name without the prefix that the head has in a graph, such as "dense0_weight".</param>
/// <param name="Shape">Sizes of its axes: [in, out] of a weight, [out] of all others.</param>
/// <param name="Values">The start values, or the trained ones.</param>
/// <param name="IsWeight">True for a matrix; false for biases and for the scales and shifts of normalisation, which do not decay.</param>
internal sealed record HeadParameter(string Name, ImmutableArray<long> Shape, float[] Values, bool IsWeight);
