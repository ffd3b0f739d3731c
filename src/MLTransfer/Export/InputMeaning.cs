using MLTransfer.Backbones;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Export;

/// <summary>What an input of an exported graph means, for those who feed it without MLTransfer.</summary>
internal static class InputMeaning
{
    public static string Of(OnnxEmbedding embedding, OnnxValue input)
    {
        BackboneCard card = embedding.Backbone.Card;
        return card.Modality switch
        {
            BackboneModality.Text => Text(embedding, card.Inputs.FirstOrDefault(i => i.Value == input.Name).Key),
            BackboneModality.Image => Image(card.Image!),
            BackboneModality.Audio => $"One window of a clip, prepared as 'audio' of the card says, at {card.Audio!.SampleRate} Hz.",
            _ => "Numbers, as they are.",
        };
    }

    private static string Text(OnnxEmbedding embedding, string role) => role switch
    {
        InputRoles.Ids => $"Token ids by the backbone's tokenizer, special tokens included, at most {embedding.MaximumLength}"
            // Without a mask nothing tells padding from text.
            + (embedding.Backbone.Ports.Inputs.ContainsKey(InputRoles.Mask) ? $", then padding with {embedding.Backbone.Tokenizer!.PadId}." : "; without padding: the texts of a batch have equally many.")
            + (embedding.Prefix.Length > 0 ? $" Each text is preceded by \"{embedding.Prefix}\"." : ""),
        InputRoles.Mask => "1 for each token, 0 for padding.",
        InputRoles.Types => "0 everywhere: one text for each row.",
        _ => "0, 1, 2, …: the place of each token.",
    };

    private static string Image(ImagePreprocessing image)
    {
        string order = image.Channels switch { ChannelOrder.Rgb => "red, green, blue", ChannelOrder.Bgr => "blue, green, red", _ => "grey" };
        return FormattableString.Invariant($"Pixels ({order}), resized as 'image' of the card says, then (pixel of 0 to 255 * {image.Rescale:R} - mean {image.Mean}) / std {image.Std}.");
    }
}
