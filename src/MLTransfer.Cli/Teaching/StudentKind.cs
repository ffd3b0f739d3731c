namespace MLTransfer.Cli.Teaching;

/// <summary>Who learns.</summary>
internal enum StudentKind
{
    /// <summary>A static embedding that has learnt nothing yet.</summary>
    Static,

    /// <summary>A small transformer encoder that has learnt nothing yet.</summary>
    Transformer,

    /// <summary>A head on hashed n-grams; no backbone.</summary>
    Ngrams,

    /// <summary>A backbone that is there already.</summary>
    Pretrained,
}
