using MLTransfer.Backbones;
using MLTransfer.FineTuning;
using MLTransfer.Internal;
using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;
using MLTransfer.Persistence;
using MLTransfer.Text;

namespace MLTransfer;

/// <summary>
/// A pretrained encoder: an ONNX graph, the card that says how to feed it, and its tokenizer. Immutable and thread-safe; holds no session and no native memory, so it
/// needs no disposing. Sessions belong to the fitted steps.
/// </summary>
/// <remarks>
/// Opening reads the graph's structure and checks it before ONNX Runtime ever sees it: external data only inside the model's folder, sizes that fit their shapes, a hash
/// that matches the card.
/// </remarks>
public sealed partial class Backbone
{
    private Backbone(BackboneCard card, ModelSource source, FeatureGraph run, IReadOnlyDictionary<string, byte[]> files, string origin, FeatureCache cache)
    {
        Card = card;
        Source = source;
        RunSource = run.Source;
        Files = files;
        Origin = origin;
        Cache = cache;
        Tokenizer = card.Modality == BackboneModality.Text ? WordPieceTokenizer.FromFiles(files, origin) : null;
        Ports = GraphPorts.Check(card, source, run, origin);
    }

    /// <summary>What is known about the backbone besides its weights.</summary>
    public BackboneCard Card { get; }

    /// <summary>The card's name.</summary>
    public string Name => Card.Name;

    /// <summary>SHA-256 of the graph and its external data, lower-case hexadecimal.</summary>
    public string Sha256 => Source.Sha256;

    /// <summary>D, the numbers of one feature.</summary>
    public int Dimension => Card.Dimension;

    /// <summary>The cache that steps over this backbone share unless they are given another.</summary>
    public FeatureCache Cache { get; }

    /// <summary>Where it came from, for messages: the path given, or the saved model's name.</summary>
    internal string Origin { get; }

    /// <summary>The graph of the file, which the card describes and saved models hold.</summary>
    internal ModelSource Source { get; }

    /// <summary>The graph that sessions run: <see cref="Source"/> where the feature needs all of it, else that cut at the feature, in memory.</summary>
    internal ModelSource RunSource { get; }

    /// <summary>The small files that travel with the graph: the tokenizer's.</summary>
    internal IReadOnlyDictionary<string, byte[]> Files { get; }

    internal WordPieceTokenizer? Tokenizer { get; }

    internal GraphPorts Ports { get; }

    /// <summary>Opens a backbone.</summary>
    /// <param name="pathOrName">
    /// A folder (Hugging Face or sentence-transformers layout, graph in it or in its subfolder <c>onnx</c>), one .onnx file, or a name that is looked up in the folders of
    /// the environment variable MLTRANSFER_MODELS (a path list), then in the download cache (MLTRANSFER_CACHE, default the user's cache folder): there "org/name" is what
    /// <see cref="FromHub(string, string, string?)"/> or <c>mltransfer get</c> downloaded last of its revision "main".
    /// </param>
    /// <param name="options">What is not to be inferred.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder, file or name; the message lists where it was looked for.</exception>
    /// <exception cref="FileNotFoundException">The folder holds no graph, or no tokenizer for a text backbone.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, not what its name says (a web page, a Git-LFS pointer), unsafe, or has another hash than stated.</exception>
    /// <exception cref="ArgumentException">Something cannot be inferred; the message lists the candidates and the option that decides.</exception>
    /// <exception cref="NotSupportedException">The tokenizer or the graph is of a kind that is not supported.</exception>
    /// <exception cref="OperationCanceledException"><see cref="BackboneOptions.CancellationToken"/> was cancelled.</exception>
    public static Backbone Open(string pathOrName, BackboneOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(pathOrName);
        options ??= new BackboneOptions();
        return FromFiles(BackboneFiles.Find(pathOrName, options), options);
    }

    private static Backbone FromFiles(BackboneFiles found, BackboneOptions options)
    {
        ModelSource source = ModelSource.FromFile(found.GraphPath);
        source.Check(options.Sha256 ?? found.Card?.Sha256, options.CancellationToken);
        (BackboneCard card, FeatureGraph run) = CardInference.Complete(found, source, options);
        return new Backbone(card, source, run, found.Tokenizer, found.Origin, options.Cache ?? new FeatureCache());
    }

    /// <summary>
    /// Lists the values of the graph that can be the feature, in the order they are computed: its outputs and everything inside it that holds real numbers with the rows on the
    /// first axis. A classifier's penultimate layer is marked. Names come from the file.
    /// </summary>
    /// <remarks>Opens up to three sessions for the moment, which infer the shapes and run nothing: one to three seconds and some copies in memory for 100 MB of graph.</remarks>
    /// <exception cref="InvalidDataException">The file has changed, or ONNX Runtime refuses the graph.</exception>
    public IReadOnlyList<BackboneFeature> ListFeatures()
    {
        using OnnxModel model = Source.Read();
        var channels = new ChannelAxis(model.Graph);
        IEnumerable<BackboneFeature> all = FeatureCandidates.Of(Source).Select(c => new BackboneFeature(
            c.Value.Name, c.Operator, [.. c.Value.Dimensions.Select(d => d.ToString())], FeatureShape.Of(c.Value, channels).Dimension, c.IsOutput, c.IsPenultimate));
        // Of an output the card or config.json may state what the graph leaves open.
        return [.. all.Where(f => f.Dimension is not null || f.IsOutput)];
    }

    /// <summary>
    /// Lists the blocks of the network in front of the feature, from the input on, and whether each can be trained: what a <see cref="FreezingPlan"/> counts. Found by the graph's
    /// structure; runs nothing.
    /// </summary>
    /// <param name="int8ToFloat">Whether to look at the graph with its 8-bit products turned into float (<see cref="FineTuneOptions.Int8ToFloat"/>).</param>
    /// <exception cref="InvalidDataException">The file has changed.</exception>
    public IReadOnlyList<BackboneBlock> ListBlocks(bool int8ToFloat = false)
    {
        using TrainableBackbone trainable = TrainableBackbone.Of(this, int8ToFloat);
        return trainable.Describe();
    }

    /// <summary>
    /// The same backbone with another value of its graph as the feature: an output, or any value inside, where the graph is then cut and what lies behind is never computed. It
    /// shares the file and the <see cref="Cache"/>. A saved model holds the whole graph and the value's name.
    /// </summary>
    /// <param name="name">The value's name, as <see cref="ListFeatures"/> gives it.</param>
    /// <param name="pooling">
    /// How it becomes one vector. Default: as it is where it is a vector already, the mean over the places of a feature map [batch, C, H, W], and for token vectors
    /// the card's.
    /// </param>
    /// <param name="normalize">Whether features are divided by their Euclidean norm. Default: the card's.</param>
    /// <exception cref="ArgumentException">The graph has no such value, it cannot be a feature, or the pooling does not fit it.</exception>
    /// <exception cref="InvalidDataException">The file has changed, or ONNX Runtime refuses the graph.</exception>
    public Backbone WithFeature(string name, Pooling? pooling = null, bool? normalize = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        FeatureGraph run = FeatureGraph.Of(Source, name, Card.Audio, Origin);
        return new Backbone(CardInference.WithFeature(Card, run, Origin, pooling, normalize), Source, run, Files, Origin, Cache);
    }

    /// <summary>
    /// The same backbone with its large weights stored in 8 bits, about a quarter of the size: matrices and kernels with a scale for each output channel, tables of embeddings with one for
    /// each row. It computes in float as before: matrices become float when a session opens, of tables only the rows that are read. Features differ by the rounding of the weights: cosines above 0.999 for the small
    /// networks of <see cref="StudentBackbones"/>, 0.996 to 0.998 for the 53 layers of a MobileNetV2. Small
    /// tensors, biases, normalisations and depthwise kernels stay float. It can be fine-tuned; what is trained is float again.
    /// </summary>
    /// <returns>A backbone in memory; this one where no weight is float and large.</returns>
    /// <exception cref="NotSupportedException">The graph is older than version 7 of ONNX's operators, or needs to be raised to version 17 and cannot be.</exception>
    /// <exception cref="InvalidDataException">The file has changed.</exception>
    public Backbone WithInt8Weights()
    {
        using OnnxModel file = Source.Read();
        OnnxModel model = file.Opset < Int8Storage.Version ? OpsetUpgrade.Raise(file, Name, Source.Folder) : file;
        OnnxModel packed = Int8Storage.Pack(model);
        if (ReferenceEquals(packed, model))
            return this;
        var source = ModelSource.FromMemory(TensorRewrite.WithoutExternalData(packed).ToBytes(), $"{Name} (weights in 8 bits)");
        return FromSource(Card with { Name = $"{Name}-int8", Sha256 = source.Sha256 }, source, Files, source.Name);
    }

    /// <summary>
    /// Writes the backbone into a folder: its card, its graph as model.onnx with all its weights, and its tokenizer's files. <see cref="Open"/> of the folder gives the same features. Whole
    /// or not at all: the files are written beside the folder, which is then renamed.
    /// </summary>
    /// <param name="folder">
    /// A folder to be made in one that is there, an empty one, or one that holds a saved backbone and nothing else, which is replaced.
    /// </param>
    /// <exception cref="IOException">The folder holds other files, is a file, or is the one that this backbone was opened from; or the disk is full.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no folder to make it in.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    /// <exception cref="InvalidDataException">The file that the backbone was opened from has changed.</exception>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        BackboneFolder.Save(this, folder);
    }

    /// <summary>Opens a backbone from bytes: a card (under its file name), the graph (under the card's name for it) and the tokenizer's files.</summary>
    internal static Backbone FromMemory(string origin, IReadOnlyDictionary<string, byte[]> files)
    {
        if (!files.TryGetValue(BackboneCard.FileName, out byte[]? cardBytes))
            throw new ArgumentException($"No {BackboneCard.FileName} among {string.Join(", ", files.Keys)}.", nameof(files));
        BackboneCard card = BackboneCard.Parse(cardBytes, $"{origin}/{BackboneCard.FileName}");
        if (!files.TryGetValue(card.Graph, out byte[]? graph))
            throw new ArgumentException($"No {card.Graph} among {string.Join(", ", files.Keys)}.", nameof(files));
        ModelSource source = ModelSource.FromMemory(graph, card.Name);
        return FromSource(card, source, files.Where(f => WordPieceTokenizer.FileNames.Contains(f.Key)).ToDictionary(), origin);
    }

    /// <summary>Opens a backbone whose card is complete, as a saved model holds it.</summary>
    internal static Backbone FromSource(BackboneCard card, ModelSource source, IReadOnlyDictionary<string, byte[]> tokenizer, string origin)
    {
        source.Check(card.Sha256);
        if (card is { Modality: BackboneModality.Text, MaximumLength: null })
            throw Throw.CardValue(origin, "maximumLength", null, "the most tokens of a text");
        return new Backbone(card, source, FeatureGraph.Of(source, card.FeatureOutput, card.Audio, origin), tokenizer, origin, new FeatureCache(JobSettings.CacheLimit));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Card.Modality}, {Dimension} numbers, {Card.Pooling})";
}
