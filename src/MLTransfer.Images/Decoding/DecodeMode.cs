namespace MLTransfer;

/// <summary>How exactly pictures are decoded.</summary>
public enum DecodeMode
{
    /// <summary>Every pixel, as Pillow decodes it. The default.</summary>
    Exact,

    /// <summary>
    /// JPEG files are decoded straight to the smallest of 1/2, 1/4 and 1/8 of their size that is no smaller than what the resize asks for; other files as with
    /// <see cref="Exact"/>.
    /// </summary>
    Scaled,
}
