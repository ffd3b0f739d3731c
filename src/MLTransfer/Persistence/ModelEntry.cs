namespace MLTransfer.Persistence;

/// <summary>An entry of a model.zip as the guard saw it.</summary>
/// <param name="Name">The whole name, with the separators that the file has.</param>
/// <param name="Length">Unpacked bytes.</param>
/// <param name="Loaders">The loaders that model headers in it name, first choice and alternative; empty where it has none.</param>
/// <param name="Assemblies">The assemblies that they are looked for in, as the file spells them.</param>
internal sealed record ModelEntry(string Name, long Length, IReadOnlyList<string> Loaders, IReadOnlyList<string> Assemblies);
