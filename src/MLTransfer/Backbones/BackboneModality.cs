namespace MLTransfer;

/// <summary>What a backbone reads.</summary>
public enum BackboneModality
{
    /// <summary>Text, through a tokenizer.</summary>
    Text,

    /// <summary>Plain vectors of numbers, as they are.</summary>
    Tensor,

    /// <summary>Pictures, through decoding, resizing and scaling as <see cref="BackboneCard.Image"/> says.</summary>
    Image,

    /// <summary>Sound, through decoding, resampling and, where the graph wants one, a spectrogram, as <see cref="BackboneCard.Audio"/> says.</summary>
    Audio,
}
