using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Text;

namespace MLTransfer.Backbones;

/// <summary>What a backbone reads, and how pictures or clips become its input: what the options say, else the card, else the folder.</summary>
/// <param name="Modality">What it reads.</param>
/// <param name="Image">Null unless it reads pictures.</param>
/// <param name="Audio">Null unless it reads sound.</param>
internal sealed record MediaSettings(BackboneModality Modality, ImagePreprocessing? Image, AudioPreprocessing? Audio)
{
    public const string ConfigName = "preprocessor_config.json";

    public static MediaSettings Of(BackboneFiles files, OnnxGraph graph, BackboneOptions options)
    {
        if (options.Image is not null && options.Audio is not null)
            throw Throw.MediaTwice();
        BackboneModality? told = options.Modality
            ?? (options.Image is not null ? BackboneModality.Image : options.Audio is not null ? BackboneModality.Audio : files.Card?.Modality);
        // Numbers that are measurements, not ids: a text graph has none. A folder may hold both kinds, as CLIP's and Whisper's do.
        OnnxValue[] inputs = InputRoles.RequiredInputs(graph);
        bool readsNumbers = inputs.Any(i => i.ElementType.IsReal());
        ImagePreprocessing? image = options.Image ?? files.Card?.Image ?? (Asks(BackboneModality.Image) ? ImagePreprocessingConfig.Read(files.Config(ConfigName)) : null);
        AudioPreprocessing? audio = options.Audio ?? files.Card?.Audio ?? (Asks(BackboneModality.Audio) ? AudioPreprocessingConfig.Read(files.Config(ConfigName)) : null);
        BackboneModality modality = told ?? (image is not null ? BackboneModality.Image : audio is not null ? BackboneModality.Audio
            : WordPieceTokenizer.IsPresent(files.Tokenizer.Keys) && !readsNumbers ? BackboneModality.Text : BackboneModality.Tensor);
        IEnumerable<string> described = inputs.Select(CardInference.Describe);
        return modality switch
        {
            BackboneModality.Image => new(modality, image ?? throw Throw.ImageUnknown(files.Origin, described), null),
            BackboneModality.Audio => new(modality, null, audio ?? throw Throw.AudioUnknown(files.Origin, described)),
            _ => new(modality, null, null),
        };

        // What the options or a card say is not asked again: the file may hold what is not understood, and does not matter then.
        bool Asks(BackboneModality about) => files.Card is null && (told == about || (told is null && readsNumbers));
    }
}
