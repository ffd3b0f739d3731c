namespace MLTransfer;

/// <summary>What a text is in a search. Backbones trained for asymmetric search put a different prefix before each; their cards state it.</summary>
public enum TextRole
{
    /// <summary>Neither: no prefix.</summary>
    None,

    /// <summary>What is searched for: the card's query prefix.</summary>
    Query,

    /// <summary>What is found: the card's passage prefix.</summary>
    Passage,
}
