namespace MLTransfer.Text;

/// <summary>What a code point is to BERT's normalizer and pre-tokenizer.</summary>
[Flags]
internal enum CharClasses : ushort
{
    None = 0,

    /// <summary>Cleaning drops it: controls, formats, private use, U+FFFD.</summary>
    Removed = 1,

    /// <summary>Separates words.</summary>
    White = 2,

    /// <summary>A word of its own.</summary>
    Punctuation = 4,

    /// <summary>A non-spacing mark, dropped with the accents.</summary>
    Mark = 8,

    /// <summary>Set between spaces.</summary>
    Chinese = 16,

    /// <summary>Has a canonical decomposition.</summary>
    Decomposes = 32,

    /// <summary>Has a lower case of its own.</summary>
    HasLower = 64,

    /// <summary>Has a combining class other than zero.</summary>
    Reordered = 128,

    /// <summary>Part of a word to an added token that is to stand alone.</summary>
    Word = 256,
}
