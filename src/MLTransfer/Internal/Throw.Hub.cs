using System.Globalization;
using System.Net;
using MLTransfer.Backbones;

namespace MLTransfer.Internal;

internal static partial class Throw
{
    public static Exception HubRepository(string repository) => new ArgumentException(
        $"'{repository}' is not the name of a repository: expected 'organisation/name' of ASCII letters, digits, '-', '_' and '.', such as 'sentence-transformers/all-MiniLM-L6-v2'.", nameof(repository));

    public static Exception HubRevision(string value, string parameter) => new ArgumentException(
        $"'{value}' is not a revision: expected a branch, a tag, or a commit as 40 hexadecimal digits.", parameter);

    public static Exception HubSha256(string value, string parameter) => new ArgumentException(
        $"HubOptions.{parameter} is '{value}'; expected a SHA-256 as 64 hexadecimal digits.", parameter);

    public static Exception HubEndpoint(string source) => new ArgumentException(
        $"{source} is not the address of a server: expected an absolute http or https address without user, query and fragment, such as 'https://mirror.example/hub'.", source);

    public static Exception HubTokenText(string source) => new ArgumentException(
        $"What {source} holds cannot be an access token: expected printable ASCII characters without spaces. Correct it, or leave it out.", source);

    public static Exception HubOptionsDisagree(string name, string own, string inner) => new ArgumentException(
        $"HubOptions.{name} is '{own}', but HubOptions.Backbone.{name} is '{inner}'. Set one of them.", name);

    public static Exception HubUnreachable(string address, string advice, HttpRequestException inner) => new HttpRequestException(
        inner.HttpRequestError, $"'{address}' cannot be reached: {WithStop(inner.Message)} {advice}", inner);

    public static string HubAdvice(string? commit) => "Check the network, the proxy and the address (HubOptions.Endpoint, MLTRANSFER_HUB_ENDPOINT)" + (commit is null
        ? "; nothing of it was downloaded before."
        : $", or set HubOptions.IsOffline (MLTRANSFER_OFFLINE=1) to use commit {commit}, which was downloaded before.");

    public static HubRetryException HubStalled(string question, TimeSpan limit, Exception inner) => new(
        string.Create(CultureInfo.InvariantCulture, $"The server sent nothing of {question} for {limit.TotalSeconds:0.###} seconds. Try again: what has come is kept."), inner);

    public static HubRetryException HubCut(string question, Exception inner) => new(
        $"The connection ended before {question} was whole: {WithStop(inner.Message)} Try again: what has come is kept.", inner);

    public static HubRetryException HubEnded(string question, long found, long expected) => new(
        $"The server sent {found} bytes of {question}, which has {expected}. Try again: what has come is kept.");

    public static HubRetryException HubPart(string question, HttpStatusCode status) => new(
        $"The server answered {Status(status)} with another part of {question} than it was asked for. Try again: it starts anew.");

    public static HubRetryException HubBusy(string question, HttpStatusCode status, TimeSpan? wait) => new(
        $"The server answered {Status(status)} to the request for {question}. Try again {(wait is TimeSpan time ? $"in {Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture)} seconds" : "later")}; " +
        "an access token (HF_TOKEN) raises the limits of the public hub.", null, status, wait);

    public static Exception HubStatus(string question, HttpStatusCode status) => new InvalidDataException(
        $"The server answered {Status(status)} to the request for {question}; expected 200 OK. Check the address (HubOptions.Endpoint, MLTRANSFER_HUB_ENDPOINT) and the proxy.");

    public static Exception HubRedirect(string question, string address, string problem) => new InvalidDataException(
        $"The request for {question} was redirected by '{address}' {problem}. Check the address (HubOptions.Endpoint, MLTRANSFER_HUB_ENDPOINT) and the proxy.");

    public static Exception HubUnauthorized(string id, bool isGated, HubToken token, string page) => new UnauthorizedAccessException(token switch
    {
        HubToken.Sent => $"The server does not accept the access token for '{id}': the token is invalid, or the repository does not exist or is not open to it. Check the name, and HF_TOKEN or HubOptions.Token.",
        HubToken.Withheld => $"'{id}' needs an access token, which is sent over https only, and '{page}' is plain http. Use an https address (HubOptions.Endpoint).",
        _ when isGated => $"'{id}' is gated and no access token was given. Accept its conditions at '{page}', then set HF_TOKEN or HubOptions.Token.",
        _ => $"There is no public repository '{id}': it does not exist, or it is private or gated and no access token was given. Check the name, or set HF_TOKEN or HubOptions.Token.",
    });

    public static Exception HubForbidden(string id, HubToken token, string page) => new UnauthorizedAccessException(
        $"The server forbids access to '{id}'{(token == HubToken.Sent ? " with this access token" : "")}. Ask for access at '{page}', and see that HF_TOKEN or HubOptions.Token is a token that may read it.");

    public static Exception HubRepositoryMissing(string repository) => new ArgumentException(
        $"There is no repository '{repository}'. Check the name: upper and lower case differ. A private one needs HF_TOKEN or HubOptions.Token.", nameof(repository));

    public static Exception HubRevisionMissing(string id, string revision) => new ArgumentException(
        $"The repository '{id}' has no revision '{revision}'. Name a branch, a tag or a commit of it.", nameof(revision));

    public static Exception HubMissing(string repository, string revision) => new ArgumentException(
        $"The server has no repository '{repository}' with a revision '{revision}'. Check both names, and the address (HubOptions.Endpoint, MLTRANSFER_HUB_ENDPOINT).", nameof(repository));

    public static Exception HubFileMissing(string id, string commit, string file) => new FileNotFoundException(
        $"The server lists '{file}' of '{id}' at commit {commit}, but does not have it. Check the address (HubOptions.Endpoint, MLTRANSFER_HUB_ENDPOINT), or take another revision.", file);

    public static Exception HubListing(string id, string problem, Exception? inner) => new InvalidDataException(
        $"The server's list of the files of '{id}' cannot be used: {WithStop(problem)} Check that the address (HubOptions.Endpoint, MLTRANSFER_HUB_ENDPOINT) is that of a hub.", inner);

    public static Exception HubFileName(string id, string path, string problem) => new InvalidDataException(
        $"The repository '{id}' names a file '{path}', which is refused: {problem}. Nothing was written. Do not use this repository or this server if you do not know where they come from.");

    public static Exception HubFileUnhashed(string id, string path) => new InvalidDataException(
        $"The server does not tell size and hash of '{path}' of '{id}', so a download could not be checked. Use a server that does (HubOptions.Endpoint, MLTRANSFER_HUB_ENDPOINT).");

    public static Exception HubNoGraph(string id, string commit) => new FileNotFoundException(
        $"The repository '{id}' holds no .onnx file at commit {commit}, neither itself nor in its folder 'onnx'. Look for one with an ONNX export, or export the model yourself and open the folder.");

    public static Exception HubLength(string id, string path, long expected, string found) => new InvalidDataException(
        $"'{path}' of '{id}' is announced with {expected} bytes, but the server sends {found}. It was not kept. Download again; if that fails too, the server or a proxy in between changes files.");

    public static Exception HubFileTooLarge(string id, string path, long size, long limit) => new InvalidDataException(
        $"'{path}' of '{id}' has {size} bytes; at most {limit} are read. Take another variant or repository.");

    public static Exception HubHash(string id, string path, string expected, string found) => new InvalidDataException(
        $"'{path}' of '{id}' has hash {found}, but the server states {expected}. It was not kept. Download again; if that fails too, the server or a proxy in between changes files.");

    public static Exception HubExpectedHash(string id, string path, string expected, string found, string option) => new InvalidDataException(
        $"'{path}' of '{id}' has SHA-256 {found}, but {option} states {expected}. It is not used. If you trust the new file, state its hash; if not, name the commit you had as the revision.");

    public static Exception HubHashUnused(string id, string path, IEnumerable<string> files) => new ArgumentException(
        $"HubOptions.FileHashes has a hash for '{path}', which is not among the files that are needed of '{id}': {string.Join(", ", files)}. Correct the path, or leave it out.");

    public static Exception HubExternalMissing(string id, string graph, string path) => new InvalidDataException(
        $"The graph '{graph}' of '{id}' keeps weights in '{path}', which the repository does not have. Take another variant or revision.");

    public static Exception HubOffline(string id, string revision, string folder) => new DirectoryNotFoundException(
        $"'{id}' at revision '{revision}' is not in '{folder}', and the network is switched off (HubOptions.IsOffline, MLTRANSFER_OFFLINE or HF_HUB_OFFLINE). Download it once without the switch.");

    public static Exception HubOfflineGraph(string id, string commit, string graph, IEnumerable<string> downloaded) => new DirectoryNotFoundException(
        $"'{graph}' of '{id}' at commit {commit} was not downloaded, or files of it are gone, and the network is switched off (HubOptions.IsOffline, MLTRANSFER_OFFLINE or HF_HUB_OFFLINE). " +
        $"Downloaded before: {string.Join(", ", downloaded.DefaultIfEmpty("nothing"))}. Download it once without the switch, or choose another with HubOptions.Variant.");

    public static Exception HubRecordUnreadable(string path, Exception inner) => new InvalidDataException(
        $"'{path}', which says what was downloaded, cannot be read: {WithStop(inner.Message)} Delete it and download again.", inner);

    private static string Status(HttpStatusCode status) => string.Create(CultureInfo.InvariantCulture, $"{(int)status} {status}");

    private static string WithStop(string message) => message.Length > 0 && message[^1] is '.' or '!' or '?' ? message : message + ".";
}
