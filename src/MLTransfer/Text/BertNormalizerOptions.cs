namespace MLTransfer.Text;

/// <summary>What happens to a text before it is cut into words. The default value changes nothing.</summary>
internal readonly record struct BertNormalizerOptions
{
    /// <summary>Drop control characters, make every white space a space.</summary>
    public bool CleanText { get; init; }

    /// <summary>Set Chinese characters between spaces, so that each is a word.</summary>
    public bool HandleChineseChars { get; init; }

    /// <summary>Decompose, then drop non-spacing marks.</summary>
    public bool StripAccents { get; init; }

    public bool Lowercase { get; init; }
}
