namespace MLTransfer.Internal;

/// <summary>
/// Every error this library words itself, one method per situation, in files by area (<c>Throw.Text.cs</c>, <c>Throw.Heads.cs</c>, …):
/// what was expected, what was found, the column, tensor, file or option by name, and what to do.
/// </summary>
internal static partial class Throw;
