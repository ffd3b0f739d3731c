using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using MLTransfer.Internal;

namespace MLTransfer.Backbones;

/// <summary>
/// Speaks with a server of the Hugging Face hub's protocol. Follows redirects itself, because the token must not travel to the hosts that deliver large files. Every failure comes out worded:
/// what may be over in a moment as a <see cref="HubRetryException"/>.
/// </summary>
internal sealed class HubClient : IDisposable
{
    private const int MostRedirects = 10;
    private const int LargestListing = 32 << 20;
    private const int ChunkSize = 1 << 16;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);
    private static readonly ProductInfoHeaderValue Agent = new("MLTransfer", typeof(HubClient).Assembly.GetName().Version?.ToString(3));

    private readonly HubSettings _settings;
    private readonly string _advice;
    private readonly HttpClient _http;

    /// <param name="settings">Endpoint, token, limits.</param>
    /// <param name="advice">What to do where the server cannot be reached, for messages.</param>
    public HubClient(HubSettings settings, string advice)
    {
        _settings = settings;
        _advice = advice;
        // A hash is over the bytes as they are stored, so nothing is unpacked on the way.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectTimeout,
            UseCookies = false,
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        Token = settings.Token is null ? HubToken.Absent : IsSafeForToken(settings.Endpoint) ? HubToken.Sent : HubToken.Withheld;
    }

    public HubToken Token { get; }

    public void Dispose() => _http.Dispose();

    /// <summary>What a repository holds at a revision.</summary>
    /// <exception cref="HubRetryException">The server fails, again and again.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    /// <exception cref="ArgumentException">There is no such repository or revision.</exception>
    /// <exception cref="UnauthorizedAccessException">It is private or gated.</exception>
    /// <exception cref="InvalidDataException">The answer is not what the protocol says.</exception>
    public async Task<HubListing> ListAsync(HubRepository repository, string revision, CancellationToken cancel)
    {
        var question = new HubQuestion(repository, revision, null);
        Uri address = Address($"api/models/{repository.Id}/revision/{Uri.EscapeDataString(revision)}?blobs=true");
        for (var retry = new HubRetry(_settings); ;)
        {
            try
            {
                using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                using HttpResponseMessage response = await SendAsync(address, question, null, stall, cancel);
                await using Stream body = await response.Content.ReadAsStreamAsync(cancel);
                using var json = new MemoryStream();
                byte[] chunk = new byte[ChunkSize];
                for (int read; (read = await ReadAsync(body, chunk, question, stall, cancel)) > 0;)
                {
                    if (json.Length + read > LargestListing)
                        throw Throw.HubListing(repository.Id, $"it has more than {LargestListing} bytes", null);
                    json.Write(chunk, 0, read);
                }
                return HubListing.Parse(repository, revision, json.ToArray());
            }
            catch (HubRetryException e) when (retry.Takes(e))
            {
                await retry.WaitAsync(e, cancel);
            }
        }
    }

    /// <summary>Asks for a file, or for what is left of it. The caller disposes the answer, whose body is still to come.</summary>
    /// <param name="question">The file.</param>
    /// <param name="from">The first byte that is wanted.</param>
    /// <param name="validator">What the file was when the bytes before it came; null where that is not known.</param>
    /// <param name="stall">Cancelled where nothing comes for too long.</param>
    /// <param name="cancel">Ends the request.</param>
    public Task<HttpResponseMessage> GetAsync(HubQuestion question, long from, EntityTagHeaderValue? validator, CancellationTokenSource stall, CancellationToken cancel)
    {
        string path = string.Join('/', question.File!.Split('/').Select(Uri.EscapeDataString));
        return SendAsync(Address($"{question.Repository.Id}/resolve/{question.Revision}/{path}"), question, request =>
        {
            if (from == 0)
                return;
            request.Headers.Range = new RangeHeaderValue(from, null);
            if (validator is not null)
                request.Headers.IfRange = new RangeConditionHeaderValue(validator);
        }, stall, cancel);
    }

    /// <summary>Reads some of a body.</summary>
    /// <exception cref="HubRetryException">The connection ended early, or delivers nothing.</exception>
    public async Task<int> ReadAsync(Stream body, Memory<byte> chunk, HubQuestion question, CancellationTokenSource stall, CancellationToken cancel)
    {
        try
        {
            stall.CancelAfter(_settings.Options.StallTimeout);
            return await body.ReadAsync(chunk, stall.Token);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw Throw.HubStalled(question.ToString(), _settings.Options.StallTimeout, e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw Throw.HubCut(question.ToString(), e);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        Uri start, HubQuestion question, Action<HttpRequestMessage>? prepare, CancellationTokenSource stall, CancellationToken cancel)
    {
        Uri address = start;
        bool isAtHome = true;
        for (int hop = 0; hop <= MostRedirects; hop++)
        {
            HttpResponseMessage response = await SendOnceAsync(address, isAtHome, question, prepare, stall, cancel);
            if (response.StatusCode is not (HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
            {
                if (HubStatus.ErrorOf(response, question, this) is not Exception error)
                    return response;
                response.Dispose();
                throw error;
            }
            Uri? location = response.Headers.Location;
            response.Dispose();
            Uri next = location is null ? throw Throw.HubRedirect(question.ToString(), Shown(address), "without an address") : new Uri(address, location);
            if (next.Scheme is not ("http" or "https") || (address.Scheme == "https" && next.Scheme != "https"))
                throw Throw.HubRedirect(question.ToString(), Shown(address), $"to '{Shown(next)}', which is no https address");
            // Once it has left, it does not come back: what another host names is that host's idea.
            isAtHome = isAtHome && next.Scheme == _settings.Endpoint.Scheme && next.Authority == _settings.Endpoint.Authority;
            address = next;
        }
        throw Throw.HubRedirect(question.ToString(), Shown(start), string.Create(CultureInfo.InvariantCulture, $"more than {MostRedirects} times"));
    }

    private async Task<HttpResponseMessage> SendOnceAsync(
        Uri address, bool isAtHome, HubQuestion question, Action<HttpRequestMessage>? prepare, CancellationTokenSource stall, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.UserAgent.Add(Agent);
        if (isAtHome && Token == HubToken.Sent)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _settings.Token);
        prepare?.Invoke(request);
        try
        {
            stall.CancelAfter(_settings.Options.StallTimeout);
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw Throw.HubStalled(question.ToString(), _settings.Options.StallTimeout, e);
        }
        // Names, routes and certificates do not mend within seconds.
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError)
        {
            throw Throw.HubUnreachable(Shown(address), _advice, e);
        }
        catch (HttpRequestException e)
        {
            throw Throw.HubCut(question.ToString(), e);
        }
    }

    private Uri Address(string relative) => new($"{_settings.Endpoint.AbsoluteUri.TrimEnd('/')}/{relative}");

    /// <summary>The page of a repository, for people.</summary>
    public string Page(HubRepository repository) => Shown(Address(repository.Id));

    private static bool IsSafeForToken(Uri address) => address.Scheme == "https" || address.IsLoopback;

    // Addresses of large files are signed: who has the query has the file.
    private static string Shown(Uri address) => address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
