namespace MLTransfer;

/// <summary>Settings of <c>EmbedText</c>.</summary>
public sealed record TextEmbeddingOptions : EmbeddingOptions
{
    /// <summary>The text column to read. Default: "Text". A missing value is an empty text.</summary>
    /// <exception cref="ArgumentException">Empty.</exception>
    public string InputColumnName
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(InputColumnName));
            field = value;
        }
    } = "Text";

    /// <summary>The most tokens of a text, special tokens included; the rest is cut off. Default: the card's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 3: two special tokens and one of the text.</exception>
    public int? MaximumLength
    {
        get;
        init
        {
            if (value is int length)
                ArgumentOutOfRangeException.ThrowIfLessThan(length, 3, nameof(MaximumLength));
            field = value;
        }
    }

    /// <summary>Takes the prefix that the card states for queries or passages. Default: <see cref="TextRole.None"/>.</summary>
    public TextRole Role { get; init; }

    /// <summary>Put before each text as it is, such as "query: ". Default: none. Not together with <see cref="Role"/>.</summary>
    public string? Prefix { get; init; }
}
