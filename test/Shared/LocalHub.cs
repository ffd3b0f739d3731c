using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MLTransfer.Testing;

/// <summary>
/// A model hub on this machine that answers as the Hugging Face hub does, and misbehaves where a test says so: cuts connections, knows no parts of files, redirects, refuses, sends other
/// bytes, sends slowly. One answer for each connection.
/// </summary>
internal sealed class LocalHub : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly List<HubRequest> _requests = [];

    public LocalHub()
    {
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>By "org/name".</summary>
    public Dictionary<string, HubContents> Repositories { get; } = [];

    /// <summary>Asked before the usual answer is given; null from it means the usual answer.</summary>
    public Func<HubRequest, HubReply?> Intercept { get; set; } = _ => null;

    /// <summary>Everything that was asked so far.</summary>
    public HubRequest[] Requests
    {
        get
        {
            lock (_requests)
                return [.. _requests];
        }
    }

    /// <summary>The requests for a file, in order.</summary>
    public HubRequest[] RequestsFor(string file) => [.. Requests.Where(r => r.Path.EndsWith($"/{file}", StringComparison.Ordinal) && r.Path.Contains("/resolve/", StringComparison.Ordinal))];

    public void Forget()
    {
        lock (_requests)
            _requests.Clear();
    }

    /// <summary>Makes a repository.</summary>
    public HubContents Add(string id, params (string Path, byte[] Bytes)[] files)
    {
        var contents = new HubContents { Files = files.ToDictionary(f => f.Path, f => f.Bytes) };
        Repositories[id] = contents;
        return contents;
    }

    /// <summary>What a hub that does all right answers.</summary>
    public HubReply Usual(HubRequest request)
    {
        string[] parts = [.. request.Path.TrimStart('/').Split('/').Select(Uri.UnescapeDataString)];
        if (parts is ["api", "models", string organisation, string name, "revision", string revision])
        {
            if (!Repositories.TryGetValue($"{organisation}/{name}", out HubContents? contents))
                return new HubReply(404) { Headers = { ["X-Error-Code"] = "RepoNotFound" } };
            return contents.CommitOf(revision) is string commit ? new HubReply(200) { Body = contents.List(commit) } : new HubReply(404) { Headers = { ["X-Error-Code"] = "RevisionNotFound" } };
        }
        if (parts is [string owner, string repository, "resolve", string at, .. string[] path]
            && Repositories.TryGetValue($"{owner}/{repository}", out HubContents? held) && held.CommitOf(at) is not null && held.Files.TryGetValue(string.Join('/', path), out byte[]? bytes))
            return FileReply(request, bytes);
        return new HubReply(404) { Headers = { ["X-Error-Code"] = "EntryNotFound" } };
    }

    /// <summary>A file, or the part of it that is asked for if it still is what it was.</summary>
    public static HubReply FileReply(HubRequest request, byte[] bytes)
    {
        string tag = $"\"{Convert.ToHexString(SHA256.HashData(bytes))}\"";
        bool isSame = !request.Headers.TryGetValue("If-Range", out string? condition) || condition == tag;
        if (!isSame || !request.Headers.TryGetValue("Range", out string? range))
            return new HubReply(200) { Body = bytes, Headers = { ["ETag"] = tag } };
        int from = int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture);
        return from >= bytes.Length
            ? new HubReply(416) { Headers = { ["Content-Range"] = $"bytes */{bytes.Length}" } }
            : new HubReply(206) { Body = bytes[from..], Headers = { ["ETag"] = tag, ["Content-Range"] = $"bytes {from}-{bytes.Length - 1}/{bytes.Length}" } };
    }

    public void Dispose()
    {
        _listener.Dispose();
        // Not disposed: answers on their way may still look at it.
        _end.Cancel();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.AcceptTcpClientAsync(_end.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                if (await ReadAsync(stream) is not HubRequest request)
                    return;
                lock (_requests)
                    _requests.Add(request);
                HubReply reply = Intercept(request) ?? Usual(request);
                var head = new StringBuilder($"HTTP/1.1 {reply.Status} {(HttpStatusCode)reply.Status}\r\nConnection: close\r\n");
                if (!reply.IsChunked)
                    head.Append(CultureInfo.InvariantCulture, $"Content-Length: {reply.DeclaredLength ?? reply.Body.Length}\r\n");
                foreach ((string name, string value) in reply.Headers)
                    head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), _end.Token);
                int length = Math.Min(reply.Body.Length, reply.CutAfter ?? int.MaxValue);
                for (int at = 0; at < length; at += reply.ChunkSize)
                {
                    // The last bytes.
                    if (at + reply.ChunkSize >= length)
                        await reply.Gate.WaitAsync(_end.Token);
                    await stream.WriteAsync(reply.Body.AsMemory(at, Math.Min(reply.ChunkSize, length - at)), _end.Token);
                    await Task.Delay(reply.Pause, _end.Token);
                }
                if (reply.IsStuck)
                    await Task.Delay(Timeout.Infinite, _end.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The other side has hung up, or the test is over.
            }
        }
    }

    private async Task<HubRequest?> ReadAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        byte[] one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _end.Token) == 0)
                return null;
            text.Append((char)one[0]);
        }
        string[] lines = text.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] target = lines[0].Split(' ')[1].Split('?', 2);
        return new HubRequest(target[0], target.ElementAtOrDefault(1) ?? "",
            lines.Skip(1).Select(l => l.Split(": ", 2)).ToDictionary(l => l[0], l => l[1], StringComparer.OrdinalIgnoreCase));
    }
}

/// <summary>A request that came.</summary>
internal sealed record HubRequest(string Path, string Query, IReadOnlyDictionary<string, string> Headers)
{
    public bool IsList => Path.StartsWith("/api/", StringComparison.Ordinal);
}

/// <summary>An answer, and how it is sent.</summary>
internal sealed record HubReply(int Status)
{
    public byte[] Body { get; init; } = [];

    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>The connection ends after so many bytes of the body.</summary>
    public int? CutAfter { get; init; }

    /// <summary>What Content-Length says, where it is not true.</summary>
    public int? DeclaredLength { get; init; }

    /// <summary>Whether no length is told: the end of the connection is the end of the body.</summary>
    public bool IsChunked { get; init; }

    /// <summary>Whether the connection stays open after the last byte.</summary>
    public bool IsStuck { get; init; }

    /// <summary>Bytes that are sent at a time.</summary>
    public int ChunkSize { get; init; } = 1 << 16;

    /// <summary>The last of them is sent when this is done.</summary>
    public Task Gate { get; init; } = Task.CompletedTask;

    /// <summary>The wait after each of them.</summary>
    public TimeSpan Pause { get; init; }
}

/// <summary>What a repository holds; all its commits hold the same.</summary>
internal sealed class HubContents
{
    public required Dictionary<string, byte[]> Files { get; init; }

    public string Commit { get; set; } = new('a', 40);

    /// <summary>Branches and tags besides "main".</summary>
    public Dictionary<string, string> Revisions { get; } = [];

    /// <summary>What the list says of a file instead of the truth.</summary>
    public Dictionary<string, object> Told { get; } = [];

    public string? CommitOf(string revision) => revision == "main" || revision == Commit ? Commit
        : Revisions.TryGetValue(revision, out string? commit) ? commit : Revisions.ContainsValue(revision) ? revision : null;

    public byte[] List(string commit) => JsonSerializer.SerializeToUtf8Bytes(new { id = "ignored", sha = commit, siblings = Files.Select(f => Told.TryGetValue(f.Key, out object? told) ? told : Entry(f.Key, f.Value)) });

    /// <summary>What the list says of a file: graphs and weights are in large file storage, as the hub keeps them.</summary>
    public static object Entry(string path, byte[] bytes) => path.EndsWith(".json", StringComparison.Ordinal) || path.EndsWith(".txt", StringComparison.Ordinal)
        ? new { rfilename = path, size = bytes.Length, blobId = GitSha1(bytes) }
        : new { rfilename = path, size = bytes.Length, blobId = new string('0', 40), lfs = new { sha256 = Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant(), size = bytes.Length, pointerSize = 130 } };

    private static string GitSha1(byte[] bytes)
    {
        // What git does, which the hub states.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes($"blob {bytes.Length}\0"));
        hash.AppendData(bytes);
        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }
}
