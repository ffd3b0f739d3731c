using System.IO.Compression;
using System.Text.RegularExpressions;
using MLTransfer.Internal;

namespace MLTransfer.Persistence;

/// <summary>
/// Looks at a model.zip before <c>mlContext.Model.Load</c> does. ML.NET loads whatever assembly a model names and runs its loader; our own tools let
/// a file name ML.NET's assemblies and ours. Nothing is loaded or unpacked to a file here.
/// </summary>
internal static partial class ForeignModelGuard
{
    // The loader whose model names a second assembly among its strings and runs code of it.
    private const string CustomMappingLoader = "CustomTransformer";
    private const int BufferLength = 1 << 17;

    private static readonly string[] Families = ["Microsoft.ML", "MLTransfer"];

    /// <summary>Refuses a file that is no model, is too large when unpacked, or names a loader outside ML.NET and MLTransfer.</summary>
    public static void Check(string path, ArchiveLimits? limits = null)
    {
        using FileStream model = File.OpenRead(path);
        Check(model, path, limits);
    }

    /// <summary>
    /// The same on an open file, whose position it gives back: loading from the same stream leaves nobody time to exchange the file.
    /// </summary>
    public static void Check(Stream model, string origin, ArchiveLimits? limits = null) => Entries(model, origin, limits);

    /// <summary>The same, and the entries of a file that is not refused, in the file's order.</summary>
    public static IReadOnlyList<ModelEntry> Entries(Stream model, string origin, ArchiveLimits? limits = null)
    {
        List<ModelEntry> entries = Scan(model, origin, limits ?? new ArchiveLimits());
        foreach (ModelEntry entry in entries)
        {
            if (entry.Assemblies.FirstOrDefault(name => !IsAccepted(name)) is string foreign)
                throw Throw.LoaderForeign(origin, entry.Name, foreign);
            if (entry.Loaders.Contains(CustomMappingLoader, StringComparer.OrdinalIgnoreCase))
                throw Throw.CustomMapping(origin, entry.Name);
        }
        return entries;
    }

    /// <summary>The assemblies whose loaders a model asks for, as it spells them.</summary>
    public static IReadOnlyList<string> LoaderAssemblies(Stream model, string origin, ArchiveLimits? limits = null) =>
        [.. Scan(model, origin, limits ?? new ArchiveLimits()).SelectMany(e => e.Assemblies).Distinct().Order(StringComparer.Ordinal)];

    private static List<ModelEntry> Scan(Stream model, string origin, ArchiveLimits limits)
    {
        long start = model.Position;
        List<ModelEntry> found = [];
        bool isModel = false;
        using (ZipArchive archive = Open(model, origin))
        {
            CheckSizes(archive, origin, limits);
            byte[] buffer = new byte[BufferLength];
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                ModelHeaderScanner headers = Scan(entry, origin, buffer);
                isModel |= headers.HeaderCount > 0;
                found.Add(new ModelEntry(entry.FullName, entry.Length, headers.Loaders, headers.Assemblies));
            }
        }
        model.Position = start;
        return isModel ? found : throw Throw.NotAModel(origin);
    }

    private static ZipArchive Open(Stream model, string origin)
    {
        try
        {
            ZipArchive archive = new(model, ZipArchiveMode.Read, leaveOpen: true);
            _ = archive.Entries;
            return archive;
        }
        catch (InvalidDataException e)
        {
            throw Throw.NotAnArchive(origin, e);
        }
    }

    private static void CheckSizes(ZipArchive archive, string origin, ArchiveLimits limits)
    {
        if (archive.Entries.Count > limits.EntryCount)
            throw Throw.TooManyEntries(origin, archive.Entries.Count, limits.EntryCount);
        long total = 0;
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            // Kept at the limit: a sum of declared lengths could overflow.
            total = Math.Min(total, limits.TotalLength) + Math.Min(entry.Length, limits.TotalLength + 1);
            if (entry.Length >= limits.RatioFrom && entry.Length / limits.Ratio > entry.CompressedLength)
                throw Throw.EntryTooDense(origin, entry.FullName, entry.CompressedLength, entry.Length);
        }
        if (total > limits.TotalLength)
            throw Throw.ArchiveTooLarge(origin, total, limits.TotalLength);
    }

    private static ModelHeaderScanner Scan(ZipArchiveEntry entry, string origin, byte[] buffer)
    {
        ModelHeaderScanner headers = new();
        using Stream stream = Unpacked(() => entry.Open(), origin, entry);
        long length = 0;
        // The stated length is the file's own claim: an entry that unpacks to more is not read on.
        for (int count = 1; count > 0 && length <= entry.Length; length += count)
        {
            count = Unpacked(() => stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false), origin, entry);
            headers.Push(buffer.AsSpan(0, count));
        }
        if (length != entry.Length)
            throw Throw.EntryLength(origin, entry.FullName, entry.Length);
        return headers.IsDamaged ? throw Throw.EntryDamaged(origin, entry.FullName) : headers;
    }

    private static T Unpacked<T>(Func<T> read, string origin, ZipArchiveEntry entry)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e)
        {
            throw Throw.EntryUnreadable(origin, entry.FullName, e);
        }
    }

    private static bool IsAccepted(string assembly) =>
        AssemblyNamePattern().Match(assembly) is { Success: true } match
        && Families.Any(f => match.Groups[1].ValueSpan.SequenceEqual(f) || match.Groups[1].Value.StartsWith($"{f}.", StringComparison.Ordinal));

    // Stricter than what Assembly.Load understands: no quotes, no escapes, no other attributes, so that what is compared here is what is loaded
    // there.
    [GeneratedRegex(@"\A([A-Za-z0-9._-]+)(, (Version|Culture|PublicKeyToken)=[A-Za-z0-9.-]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex AssemblyNamePattern();
}
