using MLTransfer.Cli.Demo;
using MLTransfer.Cli.Inspection;

namespace MLTransfer.Cli.Training;

/// <summary>Opens the backbone that training starts from.</summary>
internal static class TrainBackbone
{
    /// <param name="pathOrName">A folder, a file, a name, "default" or null for the backbone inside this tool.</param>
    /// <param name="modality">Texts or pictures.</param>
    /// <param name="preprocessing">A preset for pictures, or null.</param>
    /// <param name="feature">The value that is the feature, or null.</param>
    /// <param name="cancel">Ends it while a large file is hashed.</param>
    /// <exception cref="ArgumentException">Pictures without a backbone, or texts with a preset.</exception>
    public static Backbone Open(string? pathOrName, BackboneModality modality, string? preprocessing, string? feature, CancellationToken cancel = default)
    {
        bool isDefault = pathOrName is null || (pathOrName == ModelInspector.DefaultName && !Directory.Exists(pathOrName));
        if (modality == BackboneModality.Image)
        {
            return isDefault
                ? throw new ArgumentException("The data are pictures, and the backbone inside this tool reads texts. Name one that reads pictures with --backbone.")
                : PhotoBackbone.Open(pathOrName!, preprocessing, feature, cancel);
        }
        if (preprocessing is not null)
            throw new ArgumentException("--preprocessing says how a picture becomes the backbone's input, but the data are texts. Leave it out.");
        if (isDefault)
            return feature is null ? DefaultBackbones.Text : DefaultBackbones.Text.WithFeature(feature);
        Backbone backbone = Backbone.Open(pathOrName!, new BackboneOptions { FeatureOutput = feature, CancellationToken = cancel });
        return backbone.Card.Modality == BackboneModality.Text
            ? backbone
            : throw new ArgumentException(
                $"The data are texts, but backbone '{backbone.Name}' reads {backbone.Card.Modality.ToString().ToLowerInvariant()}. A text backbone has its tokenizer (tokenizer.json or vocab.txt) beside its graph.");
    }
}
