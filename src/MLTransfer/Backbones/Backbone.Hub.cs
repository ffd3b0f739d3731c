using MLTransfer.Backbones;

namespace MLTransfer;

public sealed partial class Backbone
{
    /// <summary>
    /// Downloads a backbone from the Hugging Face hub, or a mirror of it, and opens it: the graph, its weights in other files, its tokenizer and its configuration, and nothing else of the
    /// repository. What is there already is not downloaded again.
    /// </summary>
    /// <param name="repository">The repository, such as "sentence-transformers/all-MiniLM-L6-v2".</param>
    /// <param name="revision">A branch, a tag, or a commit as 40 hexadecimal digits. A branch is asked for its commit each time; a commit needs no network once it is there.</param>
    /// <param name="sha256">SHA-256 the graph must have, in hexadecimal. Default: the hash that the server states is the only check.</param>
    /// <remarks><inheritdoc cref="FromHub(string, HubOptions)" path="/remarks/node()"/></remarks>
    /// <inheritdoc cref="FromHub(string, HubOptions)" path="/exception"/>
    public static Backbone FromHub(string repository, string revision = HubOptions.DefaultRevision, string? sha256 = null) =>
        FromHub(repository, new HubOptions { Revision = revision, Sha256 = sha256 });

    /// <summary>Downloads a backbone from the Hugging Face hub, or a mirror of it, and opens it.</summary>
    /// <param name="repository">The repository, such as "sentence-transformers/all-MiniLM-L6-v2".</param>
    /// <param name="options">Revision, hashes, server, cache, progress, and how it is opened.</param>
    /// <remarks>
    /// <para>
    /// Every file is checked against the size and hash that the server states before it gets its name in the cache. A download that was cut goes on where it ended, in the same call or a later
    /// one; failures that may pass are tried five times. Several processes may call this at a time: one downloads, the others wait.
    /// </para>
    /// <para>
    /// What cannot be reached is an error, also where an older copy is there: which weights are used never hangs on the state of the network. <see cref="HubOptions.IsOffline"/> asks for the copy.
    /// </para>
    /// <para>Thread-safe. Blocks the calling thread.</para>
    /// </remarks>
    /// <exception cref="ArgumentException">There is no such repository or revision, a name is none, or something cannot be inferred; the message says which option decides.</exception>
    /// <exception cref="UnauthorizedAccessException">The repository is private or gated and the token does not open it; or the cache may not be written.</exception>
    /// <exception cref="InvalidDataException">A file has another hash or length than stated, a name or a graph is unsafe, or the server does not speak the protocol.</exception>
    /// <exception cref="FileNotFoundException">The repository holds no graph, or no tokenizer for a text backbone.</exception>
    /// <exception cref="DirectoryNotFoundException">The network is switched off, and it was not downloaded before.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached, is too busy, or failed five times: try again later.</exception>
    /// <exception cref="IOException">The disk is full, or the cache cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what has come is kept.</exception>
    /// <exception cref="NotSupportedException">The tokenizer or the graph is of a kind that is not supported.</exception>
    public static Backbone FromHub(string repository, HubOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return FromSnapshot(HubDownload.Run(HubRepository.Parse(repository), options), options);
    }

    /// <summary>Opens what was downloaded.</summary>
    internal static Backbone FromSnapshot(HubSnapshot snapshot, HubOptions options)
    {
        BackboneOptions opening = options.Opening with { Variant = snapshot.Graph };
        return FromFiles(BackboneFiles.FromSnapshot(snapshot, opening), opening);
    }
}
