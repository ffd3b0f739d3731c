using MLTransfer.Testing;

namespace MLTransfer.Recipes;

/// <summary>A page of the documentation and the samples it shows.</summary>
internal sealed class Page
{
    private const string RecipeMarker = "<!-- recipe:";
    private const string FileMarker = "<!-- file:";

    private Page(string path)
    {
        Name = Path.GetRelativePath(Assets.RepositoryRoot, path).Replace('\\', '/');
        Lines = File.ReadAllLines(path);
        for (int i = 0; i < Lines.Count; i++)
        {
            if (Lines[i].StartsWith("```", StringComparison.Ordinal) && Named(i, FileMarker) is string file)
            {
                Files.Add(file, Block(ref i));
                continue;
            }
            if (!Lines[i].StartsWith("```csharp", StringComparison.Ordinal))
                continue;
            string? name = Named(i, RecipeMarker);
            string code = Block(ref i);
            int next = i + 1;
            while (next < Lines.Count && Lines[next].Length == 0)
                next++;
            string? output = next < Lines.Count && Lines[next].StartsWith("```text", StringComparison.Ordinal) ? Block(ref next) : null;
            if (name is null)
                Unnamed.Add(code);
            else
                Samples.Add(name, new ShownSample(code, output));
        }
    }

    public static IReadOnlyList<Page> All { get; } =
    [
        .. Directory.EnumerateFiles(Assets.RepositoryRoot, "*.md").Concat(
            Directory.EnumerateFiles(Path.Combine(Assets.RepositoryRoot, "docs"), "*.md", SearchOption.AllDirectories)).Order(StringComparer.Ordinal).Select(p => new Page(p)),
    ];

    public string Name { get; }

    public IReadOnlyList<string> Lines { get; }

    public Dictionary<string, ShownSample> Samples { get; } = new(StringComparer.Ordinal);

    /// <summary>Files that the page shows as they are: the name, from the page's folder on, and what it shows.</summary>
    public Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>C# that no recipe stands behind.</summary>
    public List<string> Unnamed { get; } = [];

    private string? Named(int fence, string marker)
    {
        string above = fence > 0 ? Lines[fence - 1].Trim() : "";
        return above.StartsWith(marker, StringComparison.Ordinal) ? above[marker.Length..].Replace("-->", "", StringComparison.Ordinal).Trim() : null;
    }

    private string Block(ref int line)
    {
        int begin = ++line;
        while (Lines[line] != "```")
            line++;
        return string.Join("\n", Lines.Skip(begin).Take(line - begin));
    }
}

/// <summary>A sample as a page shows it: its code, and below it what it prints.</summary>
internal sealed record ShownSample(string Code, string? Output);
