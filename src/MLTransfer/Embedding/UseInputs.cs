using Microsoft.ML.OnnxRuntime;

namespace MLTransfer.Embedding;

/// <summary>Takes the inputs of some rows as the graph reads them. The tensors are valid during the call.</summary>
/// <param name="slots">The rows' slots, in the order of the tensors' first axis.</param>
/// <param name="lengths">Each row's length, what lies behind it in the tensors being padding.</param>
/// <param name="names">Names of the graph's inputs.</param>
/// <param name="inputs">Their tensors.</param>
internal delegate void UseInputs(int[] slots, int[] lengths, IReadOnlyList<string> names, OrtValue[] inputs);
