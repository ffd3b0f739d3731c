namespace MLTransfer.Recipes;

/// <summary>Cuts a sample out of a recipe's source.</summary>
internal static class SampleSource
{
    /// <summary>The lines between "// sample: NAME" and "// end", without their common indentation.</summary>
    public static string Read(string path, string name)
    {
        string[] lines = File.ReadAllLines(path);
        int begin = Array.FindIndex(lines, l => l.Trim() == $"// sample: {name}");
        int end = begin < 0 ? -1 : Array.FindIndex(lines, begin, l => l.Trim() == "// end");
        if (end < 0)
            throw new InvalidOperationException($"{Path.GetFileName(path)} has no lines '// sample: {name}' and '// end'.");
        string[] sample = lines[(begin + 1)..end];
        int indent = sample.Where(l => l.Length > 0).Min(l => l.Length - l.TrimStart().Length);
        return string.Join("\n", sample.Select(l => l.Length >= indent ? l[indent..] : l)).Trim('\n');
    }
}
