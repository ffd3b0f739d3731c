namespace MLTransfer;

/// <summary>How exactly pictures are decoded.</summary>
public enum DecodeMode
{
    /// <summary>Every pixel, as Pillow decodes it. The default.</summary>
    Exact,

    /// <summary>
    /// JPEG files are decoded straight to the smallest of 1/2, 1/4 and 1/8 of their size that is no smaller than what the resize asks for; other files as with
    /// <see cref="Exact"/>. A Full-HD JPEG for a backbone of 224 × 224 is ready two to three times as fast, and its pixels differ from the exact ones by 0.7 (smooth) to 2.5 (full of
    /// detail) of 255 levels on average.
    /// </summary>
    Scaled,
}
