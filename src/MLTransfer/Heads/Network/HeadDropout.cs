namespace MLTransfer.Heads.Network;

/// <summary>One dropout of a head in training: an input of the graph, Float [rows, width], that units are multiplied by.</summary>
/// <param name="Name">Its name without the prefix that the head has in a graph, such as "dropout0".</param>
/// <param name="Width">Units.</param>
/// <param name="Rate">The share that is dropped, above 0 and below 1.</param>
/// <param name="Layer">Which of the head's dropouts this is, from 0: the key of its random numbers.</param>
internal sealed record HeadDropout(string Name, int Width, double Rate, int Layer);
