using System.Reflection;

namespace MLTransfer;

/// <summary>Backbones that lie inside this assembly, so that they work without a download.</summary>
/// <remarks>Thread-safe. Each is opened on first use and shared from then on, its feature cache too.</remarks>
public static class DefaultBackbones
{
    private static readonly Lazy<Backbone> LazyText = new(() => Open("Text"));

    /// <summary>
    /// Reads English text, gives 256 numbers of unit length: a weighted sum of one vector a token, trained on the vectors that all-minilm-l6-v2 gives texts. Zeros for a
    /// text without a known token.
    /// </summary>
    /// <remarks>
    /// Far faster and clearly weaker than a transformer: it knows no context and no order of words, so "not good, bad" equals "not bad, good".
    /// <see cref="Backbone.Card"/> states where it came from and what it was measured to be worth.
    /// </remarks>
    public static Backbone Text => LazyText.Value;

    private static Backbone Open(string folder)
    {
        Assembly assembly = typeof(DefaultBackbones).Assembly;
        string prefix = folder + "/";
        Dictionary<string, byte[]> files = assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[prefix.Length..], name => Read(assembly, name), StringComparer.Ordinal);
        return Backbone.FromMemory($"{nameof(DefaultBackbones)}.{folder}", files);
    }

    private static byte[] Read(Assembly assembly, string name)
    {
        using Stream stream = assembly.GetManifestResourceStream(name)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
