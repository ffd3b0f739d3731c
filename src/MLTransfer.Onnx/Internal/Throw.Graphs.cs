using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Internal;

internal static partial class Throw
{
    public static Exception GraphMissing(string path) => new FileNotFoundException($"There is no file '{path}'. Give the path of an .onnx file.", path);

    public static Exception GraphEmpty(string name) => new InvalidDataException($"'{name}' is empty, expected an ONNX model. Download or export it again.");

    public static Exception GraphIsWebPage(string name) => new InvalidDataException(
        $"'{name}' is a web page (HTML or XML), not an ONNX model: a download failed or needed a login. Download the file itself.");

    public static Exception GraphIsPointer(string name) => new InvalidDataException(
        $"'{name}' is a Git-LFS pointer, not an ONNX model: the repository was cloned without its large files. Run 'git lfs pull' there.");

    public static Exception GraphIsOther(string name, string found) => new InvalidDataException(
        $"'{name}' is not an ONNX model: {found}. Give the .onnx file, or export the model to ONNX.");

    public static Exception GraphDamaged(string name, string problem) => new InvalidDataException(
        $"'{name}' is damaged, or is not an ONNX model: {problem}. Download or export it again.");

    public static Exception GraphTruncated(string name, int field, ulong expected, int available) => new InvalidDataException(
        $"'{name}' is cut off or damaged: field {field} should go on for {expected} bytes, but {available} are left. Download or export it again.");

    public static Exception GraphAbsent(string name, int length) => new InvalidDataException(
        $"'{name}' is cut off, or is not an ONNX model: its {length} bytes hold no graph. Download or export it again.");

    public static Exception GraphBeyondLimit(string name, string what, long found, long limit) => new InvalidDataException(
        $"'{name}' goes beyond what is accepted of an ONNX model: {found} {what}, at most {limit}. If you trust it, simplify it before it is used here.");

    public static Exception GraphTooLarge(string name, long length, long limit) => new InvalidDataException(
        $"'{name}' has {length} bytes; one ONNX file holds at most {limit}. Export the model with external data.");

    public static Exception GraphTooLargeToWrite(long size) => new InvalidOperationException(
        $"The model would take {size} bytes; one ONNX file holds at most {ModelGuard.LargestFile}. Keep large weights as external data.");

    public static Exception HashMismatch(string name, string expected, string found) => new InvalidDataException(
        $"'{name}' has SHA-256 {found}, expected {expected}. It is another version or was changed: download the stated one, or correct the recorded hash.");

    public static Exception TensorTooLarge(string name, string tensor, IEnumerable<long> dimensions) => new InvalidDataException(
        $"Tensor '{tensor}' of '{name}' has dimensions [{string.Join(", ", dimensions)}], more than memory can hold. " +
        "The file is damaged or hostile; download it again.");

    public static Exception TensorSize(string name, string tensor, OnnxElementType type, IEnumerable<long> dimensions, long expected, long found) =>
        new InvalidDataException(
        $"Tensor '{tensor}' of '{name}' is {type} [{string.Join(", ", dimensions)}], which needs a size of {expected}, but {found} is stored. " +
        "The file is damaged; download or export it again.");

    public static Exception TensorType(string name, string tensor, OnnxElementType found, string expected) => new InvalidDataException(
        $"Tensor '{tensor}' of '{name}' holds {found}, expected {expected}. Export the model with another element type.");

    public static Exception ExternalLocation(string name, string tensor, string location, string problem) => new InvalidDataException(
        $"Tensor '{tensor}' of '{name}' keeps its data in '{location}', which is refused: {problem}. External data must be an ordinary file in the model's folder " +
        "under a plain relative name; copy it there, or save the model in one file.");

    public static Exception ExternalInMemory(string name, string tensor, string location) => new InvalidDataException(
        $"Tensor '{tensor}' of '{name}' keeps its data in the file '{location}', but the model was given as bytes, which have no folder. " +
        "Open it from its file, or save it in one file.");

    public static Exception ExternalMissing(string name, string tensor, string path) => new InvalidDataException(
        $"Tensor '{tensor}' of '{name}' keeps its data in '{path}', which does not exist. Download it too, into the same folder.");

    public static Exception ExternalTooShort(string name, string tensor, string path, long offset, long expected, long available) => new InvalidDataException(
        $"Tensor '{tensor}' of '{name}' needs {expected} bytes from {offset} on in '{path}', which has {available}. Download that file again.");

    public static Exception GraphPrecompiled(string name, string node) => new InvalidDataException(
        $"'{name}' holds the node {node}: it was compiled for one kind of device, and its code may lie in any file. Use the model it was compiled from.");

    public static Exception UnknownInt8Pattern(string node, string problem) => new NotSupportedException(
        $"Node {node} cannot be turned into float: {problem}. Run the model with its int8 arithmetic, or export it in float.");

    public static Exception CutAtNothing(string value) => new ArgumentException(
        $"The graph has no value '{value}'. Names come from the file and are case-sensitive; choose one that a node of the graph makes.");

    public static Exception CutAtInput(string value) => new ArgumentException(
        $"'{value}' is an input of the graph, and what goes in is no feature. Choose a value that a node of the graph makes.");

    public static Exception CutAtConstant(string value) => new ArgumentException(
        $"'{value}' is a constant of the graph: no input reaches it, so it is the same for every row. Choose a value that a node of the graph makes from the inputs.");

    public static Exception CutInside(string value) => new ArgumentException(
        $"'{value}' lies inside a sub-graph (a branch of If, the body of Loop or Scan) or a function, where it exists once for each round or call. " +
        "Choose a value of the main graph, such as the output of the node around it.");

    public static Exception OpsetsDiffer(OnnxOpset first, OnnxOpset second) => new NotSupportedException(
        $"One model is written in {first}, the other in {second}; one file has one version of each set of operators. Write the second model in the version of the first.");

    public static Exception NoInputToLink(string input, IEnumerable<string> inputs) => new ArgumentException(
        $"The second model has no input '{input}' to feed; it has {string.Join(", ", inputs.Select(i => $"'{i}'"))}.");

    public static Exception LinkedInputIsOutput(string name) => new ArgumentException(
        $"'{name}' is an output of the second model and an input that the first feeds. Put a node, such as Identity, between them.");

    public static Exception NameTakenTwice(string name) => new ArgumentException(
        $"The joined graph would have two inputs or outputs called '{name}'. Rename one of them.");

    public static Exception ExternalDataTooLarge(long size) => new InvalidOperationException(
        $"With its external data the model has {size} bytes; one ONNX file holds at most {ModelGuard.LargestFile}. Use a smaller or a quantised backbone.");
}
