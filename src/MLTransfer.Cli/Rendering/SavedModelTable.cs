using MLTransfer.Cli.Inspection;
using Spectre.Console;

namespace MLTransfer.Cli.Rendering;

/// <summary>A <see cref="SavedModelReport"/> for people.</summary>
internal static class SavedModelTable
{
    // A thousand classes are read by programs.
    private const int ShownClasses = 50;

    public static void Write(IAnsiConsole console, SavedModelReport report)
    {
        PairTable.Write(console,
        [
            ("Model", report.Path),
            ("Size", $"{Sizes.Bytes(report.ByteCount)}, {Sizes.Bytes(report.UnpackedByteCount)} unpacked"),
            ("SHA-256", report.Sha256),
            ("Saved by", report.MlNetVersion is string version ? $"ML.NET {version}" : "ML.NET, of a version that is not stated"),
            ("Loaders of", string.Join("; ", report.Assemblies)),
            ("Loads", report.Problem is string problem ? $"no: {problem}" : "yes"),
            .. Rows("Reads", report.Inputs?.Select(c => $"{c.Name}: {c.Type}")),
            .. Rows("Steps", report.Steps.SelectMany(Describe)),
            .. Rows("Gives", report.Outputs?.Where(c => !c.IsPassedThrough).Select(c => $"{c.Name}: {c.Type}")),
            .. Rows("Passes on", report.Outputs?.Where(c => c.IsPassedThrough).Select(c => c.Name)),
            .. report.Classes is { } classes ? [("Classes", Names(classes))] : (IEnumerable<(string, string)>)[],
        ]);
    }

    private static IEnumerable<(string, string)> Rows(string heading, IEnumerable<string>? values) => (values ?? []).Select((v, i) => (i == 0 ? heading : "", v));

    private static IEnumerable<string> Describe(SavedStepReport step)
    {
        string indent = new(' ', 2 * step.Depth);
        yield return $"{indent}{step.Kind ?? step.Loader} ({step.Assembly ?? "no assembly named"}), {Sizes.Bytes(step.ByteCount)}{(step.Problem is string problem ? $": {problem}" : "")}";
        if (step.Embedding is SavedEmbeddingReport embedding)
        {
            yield return $"{indent}  {string.Join(", ", embedding.Columns)} → {embedding.OutputColumn}: {embedding.Dimension} numbers from {embedding.FeatureOutput}, " +
                $"pooling {embedding.Pooling}{(embedding.Normalize ? ", unit length" : "")}";
            yield return $"{indent}  backbone {embedding.Backbone}, reads {embedding.Modality.ToString().ToLowerInvariant()}, licence {embedding.Licence ?? "not stated"}, SHA-256 {embedding.Sha256 ?? "not stated"}";
            yield return $"{indent}  graph {(embedding.GraphBytes is long bytes ? $"in the file, {Sizes.Bytes(bytes)}" : $"not in the file: {embedding.GraphPath}")}; " +
                $"runs on {embedding.Target ?? "what the MLContext says"}, 8-bit graphs {embedding.Int8Execution.ToLowerInvariant()}";
        }
        if (step.Head is SavedHeadReport head)
        {
            string layers = head.HiddenUnits.Count == 0 ? "no hidden layer" : $"hidden layers of {string.Join(", ", head.HiddenUnits)} units";
            yield return $"{indent}  {head.Task.ToLowerInvariant()} head on {head.Column}: {head.FeatureCount} numbers, {layers}, {head.Labels.Count switch { 0 => "one output", int n => $"{n} outputs" }}";
        }
    }

    private static string Names(IReadOnlyList<string> classes) =>
        string.Join(", ", classes.Take(ShownClasses)) + (classes.Count > ShownClasses ? $" and {classes.Count - ShownClasses} more" : "");
}
