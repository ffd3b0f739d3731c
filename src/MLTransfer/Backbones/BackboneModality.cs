namespace MLTransfer;

/// <summary>What a backbone reads.</summary>
public enum BackboneModality
{
    /// <summary>Text, through a tokenizer.</summary>
    Text,

    /// <summary>Plain vectors of numbers, as they are.</summary>
    Tensor,
}
