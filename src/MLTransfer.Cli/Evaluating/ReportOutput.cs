using MLTransfer.Cli.Rendering;
using MLTransfer.Evaluation.Reports;
using Spectre.Console;

namespace MLTransfer.Cli.Evaluating;

/// <summary>The files that a report goes to.</summary>
/// <param name="HtmlPath">The page, where one is wanted.</param>
/// <param name="JsonPath">The numbers, where they are wanted.</param>
internal sealed record ReportOutput(string? HtmlPath, string? JsonPath)
{
    /// <summary>Refuses files that cannot be written, or that are one with another, before the work.</summary>
    /// <param name="inputs">What is read, by the names of arguments and options.</param>
    public void Check(IEnumerable<(string Name, string? Path)> inputs)
    {
        if (HtmlPath is not null)
            OutputFile.Check(HtmlPath, "--report");
        if (JsonPath is not null)
            OutputFile.Check(JsonPath, "--report-json");
        (string Name, string Path)[] files = [.. inputs.Append(("--report", HtmlPath)).Append(("--report-json", JsonPath)).Where(f => f.Item2 is not null).Select(f => (f.Item1, Path.GetFullPath(f.Item2!)))];
        foreach (IGrouping<string, (string Name, string Path)> same in files.GroupBy(f => f.Path, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            if (same.Any(f => f.Name.StartsWith("--report", StringComparison.Ordinal)))
                throw new ArgumentException($"{string.Join(" and ", same.Select(f => f.Name))} name the same file '{same.Key}'. Give each its own.");
        }
    }

    public void Write(Func<string> html, string json)
    {
        if (HtmlPath is not null)
            ReportFile.Replace(HtmlPath, html());
        if (JsonPath is not null)
            ReportFile.Replace(JsonPath, json);
    }

    public void Say(IAnsiConsole console)
    {
        foreach (string path in new[] { HtmlPath, JsonPath }.OfType<string>())
            console.WriteLine(PlainText.Of($"Wrote {path} ({Sizes.Bytes(new FileInfo(path).Length)})."));
    }
}
