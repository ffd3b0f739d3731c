namespace MLTransfer;

/// <summary>The filter of a resize, each as in Pillow: when a picture is made smaller, the filter grows with the factor, so that every pixel counts.</summary>
public enum ResizeFilter
{
    /// <summary>The nearest pixel: fast, and rough.</summary>
    Nearest,

    /// <summary>The mean of the pixels covered.</summary>
    Box,

    /// <summary>A triangle, two pixels wide: 1 − |x|.</summary>
    Bilinear,

    /// <summary>A Hamming window over a sine cardinal, two pixels wide: sharper than Bilinear.</summary>
    Hamming,

    /// <summary>A cubic with a = −0.5, four pixels wide.</summary>
    Bicubic,

    /// <summary>A sine cardinal in a window of six pixels.</summary>
    Lanczos,
}
