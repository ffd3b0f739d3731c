namespace MLTransfer.Onnx.Internal;

/// <summary>
/// Every error this library words itself, one method per situation, in files by area (<c>Throw.Graphs.cs</c>, <c>Throw.Sessions.cs</c>, …):
/// what was expected, what was found, the file, tensor, node or option by name, and what to do.
/// </summary>
internal static partial class Throw;
