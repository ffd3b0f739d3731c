using System.Globalization;
using MLTransfer.Cli.Diagnosis;
using Spectre.Console;

namespace MLTransfer.Cli.Rendering;

/// <summary>A <see cref="MachineReport"/> for people.</summary>
internal static class MachineReportTable
{
    public static void Write(IAnsiConsole console, MachineReport report) => PairTable.Write(console,
    [
        ("MLTransfer", report.ToolVersion),
        (".NET", report.DotNet),
        ("System", report.System),
        ("Cores", $"{report.CoreCount}"),
        ("Memory", Sizes.Bytes(report.MemoryBytes) + (report.ContainerMemoryBytes is long limit ? $"; the container allows {Sizes.Bytes(limit)}" : "")),
        .. Runtime(report.Runtime),
        .. report.Targets.Select(t => ($"Target {t.Target}", Describe(t))),
        ("Product", Describe(report.Product)),
        ("Downloads", Describe(report.CacheFolder)),
        .. report.ModelFolders.Select((f, i) => (i == 0 ? "Models" : "", Describe(f))),
        ("Temporary files", Describe(report.TemporaryFolder)),
    ]);

    private static IEnumerable<(string, string)> Runtime(NativeReport runtime)
    {
        if (runtime.Problem is string problem)
        {
            yield return ("ONNX Runtime", $"does not work: {problem}");
            yield break;
        }
        yield return ("ONNX Runtime", runtime.Version!);
        yield return ("Native library", runtime.Path ?? "loaded, but the system does not tell from where");
        if (runtime.ProviderLibraries.Count > 0)
            yield return ("Beside it", string.Join(", ", runtime.ProviderLibraries));
        yield return ("Providers", string.Join(", ", runtime.Providers));
    }

    private static string Describe(TargetReport target) => target.Works
        ? string.Create(CultureInfo.InvariantCulture, $"works: a proof run gave the right numbers in {target.RunMilliseconds:0.00} ms")
        : $"does not work: {target.Problem}";

    private static string Describe(ProductReport product) => product.Works
        ? string.Create(CultureInfo.InvariantCulture, $"works: the backbone inside this tool read two sentences in {product.Milliseconds:0} ms, cosine {product.Cosine:0.0000} as expected")
        : $"does not work: {product.Problem}";

    private static string Describe(FolderReport folder)
    {
        var words = new List<string>();
        if (!folder.Exists)
            words.Add("not there yet");
        if (folder.Problem is string problem)
            words = [folder.IsWritable is false ? $"cannot be written to: {problem}" : problem];
        if (folder.FreeBytes is long free)
            words.Add($"{Sizes.Bytes(free)} free");
        if (folder.Exists && folder.IsWritable is null && folder.Backbones.Count == 0)
            words.Add("no backbone in it");
        if (folder.Backbones.Count > 0)
            words.Add(string.Join(", ", folder.Backbones));
        return words.Count == 0 ? folder.Path : $"{folder.Path}: {string.Join("; ", words)}";
    }
}
