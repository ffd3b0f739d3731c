using MLTransfer.Backbones;

namespace MLTransfer.Internal;

internal static partial class Throw
{
    public static Exception CardUnreadable(string origin, Exception? inner) => new InvalidDataException(
        $"'{origin}' is not a backbone card: {inner?.Message ?? "it holds null."} Correct it, or remove it to have the card inferred from the folder.", inner);

    public static Exception CardVersion(string origin, int version) => new InvalidDataException(
        $"'{origin}' has format version {version}; this version of MLTransfer reads version 1. Update MLTransfer, or write the card again.");

    public static Exception CardValue(string origin, string member, object? value, string expected) => new InvalidDataException(
        $"'{origin}': '{member}' is '{value}', expected {expected}.");

    public static Exception BackboneNotFound(string pathOrName, IReadOnlyCollection<string> searched)
    {
        string places = searched.Count > 0 ? $", and no folder of this name in {string.Join(", ", searched.Select(s => $"'{s}'"))}" : "";
        return new DirectoryNotFoundException($"There is no backbone '{pathOrName}': no such folder or .onnx file{places}. " +
            "Give a path, name the folder that holds your models in the environment variable MLTRANSFER_MODELS, or download it with Backbone.FromHub or 'mltransfer get'.");
    }

    public static Exception NoGraphInFolder(string folder) => new FileNotFoundException(
        $"The folder '{folder}' holds no .onnx file, neither itself nor in its subfolder 'onnx'. Export the model to ONNX, or give the path of the .onnx file.");

    public static Exception SeveralGraphs(GraphPlace place, IEnumerable<string> candidates) => new ArgumentException(
        $"The {place.Described} holds several graphs and none is called model.onnx: {string.Join(", ", candidates)}. Choose one with {place.Option}.");

    public static Exception NoSuchVariant(GraphPlace place, string variant, IEnumerable<string> candidates) => new ArgumentException(
        $"{place.Option} is '{variant}', but the {place.Described} holds {string.Join(", ", candidates)}.");

    public static Exception NoTokenizer(string origin, IEnumerable<string> names) => new FileNotFoundException(
        $"'{origin}' is to be opened as a text backbone, but no tokenizer lies beside its graph: none of {string.Join(", ", names)} was found. " +
        "Copy tokenizer.json (or vocab.txt) into the folder, or set BackboneOptions.Modality to Tensor.");

    public static Exception AmbiguousFeature(string origin, IEnumerable<string> candidates, IReadOnlyDictionary<string, string> penultimate) => new ArgumentException(
        $"'{origin}' has several outputs that could be the feature: {string.Join(", ", candidates)}. Choose one with BackboneOptions.FeatureOutput. {OtherFeatures(penultimate)}");

    public static Exception NoFeature(string origin, IEnumerable<string> outputs, IReadOnlyDictionary<string, string> penultimate) => new ArgumentException(
        $"No output of '{origin}' can be a feature: expected {FeatureShapes}, found {string.Join(", ", outputs)}. Name a value inside the graph with " +
        $"BackboneOptions.FeatureOutput. {OtherFeatures(penultimate)}");

    public static Exception NoSuchOutput(string origin, string output, IEnumerable<string> outputs, IReadOnlyDictionary<string, string> penultimate) => new ArgumentException(
        $"'{origin}' has no output or other value '{output}'. Its outputs are {string.Join(", ", outputs)}. Correct the name: BackboneOptions.FeatureOutput, the card's " +
        $"featureOutput, or what WithFeature was given. {OtherFeatures(penultimate)}");

    public static Exception FeatureNotUsable(string origin, string output) => new ArgumentException(
        $"The value {output} of '{origin}' cannot be a feature: expected {FeatureShapes}, the rows of the inputs on the first axis. Choose another with BackboneOptions.FeatureOutput or Backbone.WithFeature; " +
        "Backbone.ListFeatures and 'mltransfer inspect' list what there is.");

    public static Exception UnknownDimension(string origin, string output) => new ArgumentException(
        $"The axis of {output} of '{origin}' that holds the numbers of a feature has no fixed size, and neither the card nor config.json (hidden_size) states it. " +
        $"Write a card ({BackboneCard.FileName}) with \"dimension\".");

    public static Exception AmbiguousPooling(string origin, string output) => new ArgumentException(
        $"'{origin}' does not say how the token vectors of output {output} become one vector: there is no 1_Pooling/config.json. Set BackboneOptions.Pooling, or WithFeature's pooling " +
        "(sentence encoders mostly use Mean or Cls; None keeps the sequence).");

    public static Exception PoolingUnsupported(string origin, string modes) => new NotSupportedException(
        $"'{origin}' pools by {modes}. Supported are one of cls, mean, max, last token and weighted mean at a time. Set BackboneOptions.Pooling to choose one.");

    public static Exception PoolingNeedsTokens(string origin, string output, Pooling pooling) => new ArgumentException(
        $"Pooling {pooling} needs token vectors, but output {output} of '{origin}' is one vector for each row already. Use Pooling.Graph, or another output.");

    public static Exception PoolingNeedsVector(string origin, string output) => new ArgumentException(
        $"Pooling.Graph means that the graph pools, but output {output} of '{origin}' is a sequence. Use Mean, Cls, Max, Last, WeightedMean or None.");

    public static Exception AmbiguousInputs(string origin, IEnumerable<string> inputs, string problem) => new ArgumentException(
        $"The inputs of '{origin}' cannot be told apart: {problem}. It has {string.Join(", ", inputs)}. Write a card ({BackboneCard.FileName}) whose \"inputs\" gives the " +
        "roles ids, mask, types and positions their names.");

    public static Exception NoSuchInput(string origin, string role, string input, IEnumerable<string> inputs) => new ArgumentException(
        $"The card of '{origin}' names input '{input}' for '{role}', but the graph has {string.Join(", ", inputs)}. Correct the card's inputs.");

    public static Exception InputWithoutRole(string origin, string input) => new NotSupportedException(
        $"The graph '{origin}' needs an input {input}, which is neither ids, mask, types nor positions of a text. Text models with further inputs are not supported; " +
        "export the encoder alone.");

    public static Exception FixedBatch(string origin, string input, long size) => new NotSupportedException(
        $"Input {input} of '{origin}' has a batch axis fixed at {size}, and its other inputs have not. Supported are an open batch axis, and one that all inputs fix alike. Export it with a dynamic batch axis.");

    public static Exception ConfigUnreadable(string file, Exception inner) => new InvalidDataException(
        $"'{file}' is not valid JSON: {inner.Message} Download it again or remove it.", inner);

    public static Exception ConfigMember(string file, string member, string expected, System.Text.Json.Nodes.JsonNode? found) => new InvalidDataException(
        $"'{member}' of '{file}' is {found?.ToJsonString() ?? "null"}; expected {expected}. Correct the file, or remove it and state what it says with BackboneOptions.");

    public static Exception WrongModality(string step, BackboneModality expected, string name, BackboneModality found) => new ArgumentException(
        $"{step} needs a {expected} backbone, but '{name}' reads {found}. Use Embed{found}, or {(expected switch
        {
            BackboneModality.Image => "say how a picture becomes its input with BackboneOptions.Image, such as ImagePreprocessing.Torchvision(), when you open it.",
            BackboneModality.Audio => "say how a clip becomes its input with BackboneOptions.Audio, such as AudioPreprocessing.Waveform(16000), when you open it.",
            _ => "open it with BackboneOptions.Modality.",
        })}");

    public static Exception ExternalDataCannotBeEmbedded(string name, IEnumerable<string> files) => new NotSupportedException(
        $"The graph of backbone '{name}' keeps weights in other files ({string.Join(", ", files)}), which cannot lie inside model.zip. " +
        "Set the step's GraphStorage to Reference, or merge the weights into one .onnx file.");

    public static Exception MemoryGraphCannotBeReferenced(string name) => new NotSupportedException(
        $"The graph of backbone '{name}' lies in no file, so a saved model cannot refer to it. Set the step's GraphStorage to Embedded.");

    public static Exception ReferencedGraphChanged(string path, string expected, string found) => new InvalidDataException(
        $"The model refers to the graph '{path}' with SHA-256 {expected}, but the file there has {found}. Put the original file back, or train and save the model again.");

    public static Exception ReferencedGraphMissing(string path, IEnumerable<string> searched) => new FileNotFoundException(
        $"The model refers to the graph '{path}', which is not there; also looked for its name in {string.Join(", ", searched.Select(s => $"'{s}'"))}. " +
        "Put the file back, or name the folder that holds it in MLTRANSFER_MODELS.", path);

    private const string FeatureShapes = "float32, float16 or bfloat16 [batch, D], [batch, tokens, D] or [batch, C, H, W]";

    /// <summary>What else of the graph can be the feature: what goes into its last layers, and where to see all.</summary>
    private static string OtherFeatures(IReadOnlyDictionary<string, string> penultimate)
    {
        string offer = penultimate.Count == 0 ? "" : $"The penultimate layer is {string.Join(", ", penultimate.Select(p => $"'{p.Value}' (before '{p.Key}')"))}. ";
        return $"{offer}Any value inside the graph can be the feature too: Backbone.ListFeatures and 'mltransfer inspect' list them.";
    }
}
