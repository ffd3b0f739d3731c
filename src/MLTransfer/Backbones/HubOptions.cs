using System.Collections.ObjectModel;
using MLTransfer.Backbones;
using MLTransfer.Internal;

namespace MLTransfer;

/// <summary>What <see cref="MLTransfer.Backbone.FromHub(string, HubOptions)"/> downloads, from where, to where, and how it opens it.</summary>
public sealed record HubOptions
{
    /// <summary>The revision that is taken unless another is named.</summary>
    public const string DefaultRevision = "main";

    // A server that is busy says so within a second; a line that is down stays so for minutes.
    private static readonly TimeSpan UsualStallTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan UsualRetryDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// A branch, a tag, or a commit as 40 hexadecimal digits. The same commit is always the same files, and needs no network once they are there; a branch is asked for its commit
    /// each time. Default: <see cref="DefaultRevision"/>.
    /// </summary>
    /// <exception cref="ArgumentException">Not the name of a revision.</exception>
    public string Revision
    {
        get;
        init => field = HubNames.Revision(value, nameof(Revision));
    } = DefaultRevision;

    /// <summary>
    /// SHA-256 the graph must have, in hexadecimal, as <see cref="MLTransfer.Backbone.Sha256"/> gives it: with weights in other files, over the graph and them. Default: <see cref="Backbone"/>'s; where
    /// neither states one, the hash that the server states is the only check.
    /// </summary>
    /// <exception cref="ArgumentException">Not 64 hexadecimal digits.</exception>
    public string? Sha256
    {
        get;
        init => field = HubNames.Sha256(value, nameof(Sha256));
    }

    /// <summary>SHA-256 that single files must have, in hexadecimal, by their path in the repository, such as "tokenizer.json". Default: none.</summary>
    /// <exception cref="ArgumentException">A hash is not 64 hexadecimal digits.</exception>
    public IReadOnlyDictionary<string, string> FileHashes
    {
        get;
        init => field = HubNames.FileHashes(value, nameof(FileHashes));
    } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>
    /// Which .onnx file of the repository, where there are several: its path, such as "onnx/model_quantized.onnx", its file name, or its file name without the extension. Only this one is
    /// downloaded. Default: <see cref="Backbone"/>'s; else as in a folder: the card's, <c>model.onnx</c>, or the only one.
    /// </summary>
    public string? Variant { get; init; }

    /// <summary>
    /// The server's address: the public one, or a mirror's that speaks as the Hugging Face hub does. Default: the environment variable MLTRANSFER_HUB_ENDPOINT, then HF_ENDPOINT, else the
    /// public hub.
    /// </summary>
    /// <exception cref="ArgumentException">Not an absolute http or https address, or one with a user, a query or a fragment.</exception>
    public Uri? Endpoint
    {
        get;
        init => field = value is null ? null : HubNames.Endpoint(value, $"{nameof(HubOptions)}.{nameof(Endpoint)}");
    }

    /// <summary>
    /// The access token for private and gated repositories. Sent to <see cref="Endpoint"/> alone, never to another host that it redirects to, and over plain http to this machine only;
    /// written nowhere. Default: the environment variable HF_TOKEN, then the file that Hugging Face's own client keeps (HF_TOKEN_PATH, else <c>token</c> in HF_HOME). An empty text: none.
    /// </summary>
    /// <exception cref="ArgumentException">It has spaces or characters other than printable ASCII.</exception>
    public string? Token
    {
        get;
        init => field = value is null ? null : HubNames.Token(value, $"{nameof(HubOptions)}.{nameof(Token)}");
    }

    /// <summary>
    /// Whether only what was downloaded before is used, and the network never. Default: what the environment variable MLTRANSFER_OFFLINE says, else HF_HUB_OFFLINE (1, true, yes, on), else no.
    /// </summary>
    public bool? IsOffline { get; init; }

    /// <summary>
    /// Where downloads are kept. Default: the environment variable MLTRANSFER_CACHE, else <c>mltransfer</c> in the user's cache folder. <see cref="MLTransfer.Backbone.Open"/> finds a download by its
    /// name in the default one only.
    /// </summary>
    public string? CacheFolder { get; init; }

    /// <summary>Told how far each file is, ten times a second at most, on a thread of the pool. Default: nobody.</summary>
    public IProgress<HubProgress>? Progress { get; init; }

    /// <summary>Ends the download early; what has come is kept, and the next call goes on from there. Default: never.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>How the downloaded backbone is opened. Default: everything is inferred.</summary>
    public BackboneOptions Backbone
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Backbone));
            field = value;
        }
    } = new();

    /// <summary>How long a connection may deliver nothing.</summary>
    internal TimeSpan StallTimeout { get; init; } = UsualStallTimeout;

    /// <summary>The wait before the second try; doubled each time.</summary>
    internal TimeSpan RetryDelay { get; init; } = UsualRetryDelay;

    /// <summary>The options by which the downloaded files are opened.</summary>
    /// <exception cref="ArgumentException">The two of them say different things.</exception>
    internal BackboneOptions Opening => Backbone with
    {
        Variant = Agreed(Variant, Backbone.Variant, nameof(Variant), StringComparison.Ordinal),
        Sha256 = Agreed(Sha256, Backbone.Sha256, nameof(Sha256), StringComparison.OrdinalIgnoreCase),
    };

    /// <summary>The options without the token.</summary>
    public override string ToString() => $"{nameof(HubOptions)} {{ {nameof(Revision)} = {Revision}, {nameof(Variant)} = {Variant}, {nameof(Endpoint)} = {Endpoint}, {nameof(IsOffline)} = {IsOffline}, {nameof(CacheFolder)} = {CacheFolder} }}";

    private static string? Agreed(string? own, string? inner, string name, StringComparison comparison) =>
        own is null || inner is null || own.Equals(inner, comparison) ? own ?? inner : throw Throw.HubOptionsDisagree(name, own, inner);
}
