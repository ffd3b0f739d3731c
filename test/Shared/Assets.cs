using System.Reflection;

namespace MLTransfer.Testing;

/// <summary>Where real models and data lie, if they lie anywhere: the environment variables, then the folder "shared" beside the repository.</summary>
internal static class Assets
{
    /// <summary>The root of the repository, as the build recorded it.</summary>
    public static string RepositoryRoot { get; } = typeof(Assets).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(a => a.Key == "RepositoryRoot").Value!;

    /// <summary>The folder of a real backbone, or null where it is not on this machine.</summary>
    public static string? FindModel(string name) => ModelFolders().Select(f => Path.Combine(f, name)).FirstOrDefault(Directory.Exists);

    /// <summary>The folder of a real labelled set, or null where it is not on this machine.</summary>
    public static string? FindData(string set) => DataFolders().Select(f => Path.Combine(f, set)).FirstOrDefault(Directory.Exists);

    private static IEnumerable<string> ModelFolders()
    {
        string cache = Environment.GetEnvironmentVariable("MLTRANSFER_CACHE")
            ?? Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME")
                ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "mltransfer");
        return [.. Listed("MLTRANSFER_MODELS"), Path.Combine(RepositoryRoot, "..", "shared", "models"), Path.Combine(cache, "models")];
    }

    private static IEnumerable<string> DataFolders() => [.. Listed("MLTRANSFER_DATA"), Path.Combine(RepositoryRoot, "..", "shared", "data")];

    private static string[] Listed(string variable) => (Environment.GetEnvironmentVariable(variable) ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
