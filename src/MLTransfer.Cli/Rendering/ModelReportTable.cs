using MLTransfer.Cli.Inspection;
using Spectre.Console;

namespace MLTransfer.Cli.Rendering;

/// <summary>A <see cref="ModelReport"/> for people.</summary>
internal static class ModelReportTable
{
    public static void Write(IAnsiConsole console, ModelReport report)
    {
        PairTable.Write(console,
        [
            ("Model", report.Name),
            ("File", report.Path ?? "inside this tool"),
            ("Size", Sizes.Bytes(report.ByteCount) + (report.ExternalFiles.Count > 0 ? $", with external data in {string.Join(", ", report.ExternalFiles)}" : "")),
            ("SHA-256", report.Sha256),
            ("Made by", $"{(report.Producer.Length > 0 ? report.Producer : "unknown")}, IR version {report.IrVersion}"),
            ("Operator sets", string.Join(", ", report.Opsets.Select(o => $"{o.Key} {o.Value}"))),
            .. report.CustomDomains.Select(d => ("Custom operators", $"{d}: needs a library that ONNX Runtime does not bring along")),
            .. report.Inputs.Select((p, i) => (i == 0 ? "Inputs" : "", Describe(p))),
            .. report.Outputs.Select((p, i) => (i == 0 ? "Outputs" : "", Describe(p))),
            ("Numbers", Sizes.Count(report.ParameterCount)),
            ("Operators", string.Join(", ", report.Operators.Select(o => $"{o.Key} {o.Value}"))),
            ("Rows", $"{(report.RowsAreIndependent ? "independent" : "see each other")}: {report.RowIndependenceReason}"),
            .. report.Variants.Select((v, i) => (i == 0 ? "Variants" : "", $"{(v.IsChosen ? "*" : " ")} {v.Name}, {Sizes.Bytes(v.ByteCount)}")),
            .. Backbone(report),
            .. report.PenultimateLayers.Select((l, i) => (i == 0 ? "Before the scores" : "", $"{l.Value} (before {l.Key}): the penultimate layer, to be named as the feature")),
            .. Blocks(report),
            .. (report.Features ?? []).Select((f, i) => (i == 0 ? "Can be the feature" : "", Describe(f))),
        ]);
    }

    private static IEnumerable<(string, string)> Backbone(ModelReport report)
    {
        if (report.Backbone is not BackboneReport backbone)
        {
            yield return ("Backbone", $"no: {report.BackboneProblem}");
            yield break;
        }
        yield return ("Backbone", $"reads {backbone.Modality.ToString().ToLowerInvariant()}; {string.Join(", ", backbone.InputRoles.Select(r => $"{r.Key} → {r.Value}"))}");
        yield return ("Feature", $"{backbone.Dimension} numbers from {backbone.FeatureOutput}");
        yield return ("Pooling", $"{backbone.Pooling}{(backbone.Normalize ? ", then divided by its Euclidean norm" : "")}");
        if (backbone.Image is ImagePreprocessing image)
            yield return ("Pictures", Preprocessing.Describe(image));
        if (backbone.Audio is AudioPreprocessing audio)
            yield return ("Sound", Preprocessing.Describe(audio));
        if (backbone.MaximumLength is int length)
            yield return ("Longest text", $"{length} tokens");
        if (backbone.Tokenizer is not null)
            yield return ("Tokenizer", backbone.Tokenizer);
        if (backbone.QueryPrefix is not null)
            yield return ("Before queries", $"'{backbone.QueryPrefix}'");
        if (backbone.PassagePrefix is not null)
            yield return ("Before passages", $"'{backbone.PassagePrefix}'");
        yield return ("Licence", backbone.Licence ?? "not stated");
        foreach ((string name, string value) in backbone.Notes ?? new Dictionary<string, string>())
            yield return (name, value);
    }

    private static IEnumerable<(string, string)> Blocks(ModelReport report)
    {
        if (report.BlocksProblem is string problem)
            yield return ("Blocks", $"cannot be fine-tuned: {problem}");
        string heading = "Blocks";
        foreach (BlockReport block in report.Blocks ?? [])
        {
            string training = block.IsTrainable ? "can be trained" : $"cannot be trained: {block.Problem}";
            yield return (heading, $"{block.Index} ends at {block.EndsAt}, {Sizes.Count(block.ParameterCount)} numbers, {(block.ParameterCount == 0 ? "nothing to train" : training)}");
            heading = "";
            foreach (string name in block.ParameterNames ?? [])
                yield return ("", $"  {name}");
        }
    }

    private static string Describe(FeatureReport feature) =>
        $"{feature.Name}: [{string.Join(", ", feature.Shape)}] by {feature.Operator}{(feature.IsOutput ? ", an output" : "")}{(feature.IsPenultimate ? ", the penultimate layer" : "")}";

    public static string Describe(PortReport port) =>
        $"{port.Name}: {port.Type} {(port.Shape is null ? "of unknown rank" : $"[{string.Join(", ", port.Shape)}]")}";
}
