using MLTransfer.Internal;

namespace MLTransfer.Backbones;

/// <summary>A download's options with everything decided that the environment may decide.</summary>
internal sealed record HubSettings
{
    private const string PublicEndpoint = "https://huggingface.co";

    private const string EndpointVariable = "MLTRANSFER_HUB_ENDPOINT";
    private const string OfflineVariable = "MLTRANSFER_OFFLINE";

    public required Uri Endpoint { get; init; }

    /// <summary>The access token; null where there is none.</summary>
    public required string? Token { get; init; }

    public required bool IsOffline { get; init; }

    public required HubCache Cache { get; init; }

    public required HubOptions Options { get; init; }

    public IProgress<HubProgress>? Progress => Options.Progress;

    /// <summary>Decides.</summary>
    /// <param name="options">What the caller says.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <exception cref="ArgumentException">The environment states an address that is none, or a token that cannot be one.</exception>
    public static HubSettings Of(HubOptions options, Func<string, string?> variable) => new()
    {
        Endpoint = options.Endpoint ?? EndpointFrom(variable),
        Token = (options.Token ?? TokenFrom(variable)) is { Length: > 0 } token ? token : null,
        IsOffline = options.IsOffline ?? IsSet(First(variable, OfflineVariable, "HF_HUB_OFFLINE").Value),
        Cache = new HubCache(options.CacheFolder ?? BackboneFiles.CacheFolder()),
        Options = options,
    };

    private static Uri EndpointFrom(Func<string, string?> variable)
    {
        (string name, string? value) = First(variable, EndpointVariable, "HF_ENDPOINT");
        return Uri.TryCreate(value ?? PublicEndpoint, UriKind.Absolute, out Uri? address) ? HubNames.Endpoint(address, name) : throw Throw.HubEndpoint(name);
    }

    private static string? TokenFrom(Func<string, string?> variable)
    {
        if (variable("HF_TOKEN")?.Trim() is { Length: > 0 } token)
            return HubNames.Token(token, "HF_TOKEN");
        string file = First(variable, "HF_TOKEN_PATH").Value ?? Path.Combine(TokenFolder(variable), "token");
        return File.Exists(file) ? HubNames.Token(File.ReadAllText(file).Trim(), file) : null;
    }

    private static string TokenFolder(Func<string, string?> variable) => First(variable, "HF_HOME").Value
        ?? Path.Combine(First(variable, "XDG_CACHE_HOME").Value ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "huggingface");

    private static (string Name, string? Value) First(Func<string, string?> variable, params string[] names)
    {
        foreach (string name in names)
        {
            if (variable(name)?.Trim() is { Length: > 0 } value)
                return (name, value);
        }
        return (names[0], null);
    }

    private static bool IsSet(string? value) => value?.ToUpperInvariant() is "1" or "TRUE" or "YES" or "ON";
}
