namespace MLTransfer.Backbones;

/// <summary>Where graphs are chosen from, for messages.</summary>
/// <param name="Described">Such as "folder 'models/x'".</param>
/// <param name="Option">The option that chooses.</param>
/// <param name="CardPath">Where the card is.</param>
internal sealed record GraphPlace(string Described, string Option, string CardPath);
