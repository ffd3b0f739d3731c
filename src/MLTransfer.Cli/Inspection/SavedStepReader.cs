using System.IO.Compression;
using System.Text.Json;
using MLTransfer.Embedding;
using MLTransfer.Heads.Network;
using MLTransfer.Persistence;

namespace MLTransfer.Cli.Inspection;

/// <summary>Describes a step of MLTransfer by its manifest, an entry of the file like any other: neither its graph nor its weights are read.</summary>
internal static class SavedStepReader
{
    /// <summary>The step with what its manifest says; with what is wrong with that where it cannot be read.</summary>
    public static SavedStepReport Describe(SavedStepReport step, ZipArchive archive)
    {
        try
        {
            ZipArchiveEntry entry = archive.Entries.FirstOrDefault(e => e.FullName.Replace('\\', '/') == $"{step.Place}/{PayloadManifest.FileName}")
                ?? throw Internal.Throw.ManifestMissing(step.Place);
            // The manifest is read from a stream that knows its length; the guard has seen that the entry unpacks to no more than it states.
            using var bytes = new MemoryStream();
            using (Stream packed = entry.Open())
                packed.CopyTo(bytes);
            bytes.Position = 0;
            PayloadManifest manifest = PayloadManifest.Read(bytes, step.Place);
            PayloadSettings settings = new(manifest.Kind, manifest.Settings);
            return step with
            {
                Kind = manifest.Kind,
                Embedding = manifest.Settings.ContainsKey("card") ? Embedding(manifest, settings) : null,
                Head = manifest.Settings.ContainsKey("network") ? Head(settings) : null,
            };
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException)
        {
            return step with { Problem = e.Message };
        }
    }

    private static SavedEmbeddingReport Embedding(PayloadManifest manifest, PayloadSettings settings)
    {
        var card = BackboneCard.Parse(JsonSerializer.SerializeToUtf8Bytes(manifest.Settings["card"]), $"{manifest.Kind} of a saved model");
        string[] columns = manifest.Settings.ContainsKey("inputColumns") ? [.. settings.Objects("inputColumns").Select(c => c.Text("column"))] : [settings.Text("inputColumnName")];
        PayloadPart? graph = manifest.Parts.FirstOrDefault(p => p.Name == EmbeddingPayload.GraphPart);
        // A graph that is embedded has no external data, so the hash of its part is its own.
        return new SavedEmbeddingReport(
            columns, settings.Text("outputColumnName"), card.Name, card.Modality, card.Sha256 ?? graph?.Sha256, card.FeatureOutput, settings.Optional<int>("dimension") ?? card.Dimension,
            settings.OptionalChoice<Pooling>("pooling") ?? card.Pooling, settings.Optional<bool>("normalize") ?? card.Normalize, card.Licence,
            graph?.Length, settings.OptionalText("graphPath"), settings.OptionalText("target"), settings.Text("int8Execution"));
    }

    private static SavedHeadReport Head(PayloadSettings settings)
    {
        PayloadSettings network = settings.OptionalObject("network") ?? throw Internal.Throw.SettingMissing(settings.Kind, "network");
        var output = HeadOutput.FromJson(settings.OptionalObject("output") ?? throw Internal.Throw.SettingMissing(settings.Kind, "output"));
        return new SavedHeadReport($"{output.ExportTask}", settings.Text("featureColumnName"), network.Number<int>("featureCount"), [.. network.Numbers<int>("hiddenUnits")], output.Labels);
    }
}
