namespace MLTransfer;

/// <summary>How a picture is brought to the size that a backbone reads.</summary>
public enum ImageResize
{
    /// <summary>Not at all: what is larger is cropped to its centre, what is smaller stands in a frame of <see cref="ImagePreprocessing.PadColour"/>.</summary>
    None,

    /// <summary>
    /// Stretched to Width × Height, whatever its proportions; where <see cref="ImagePreprocessing.ResizeSize"/> is given, to a square of that side, of which the centre is
    /// taken.
    /// </summary>
    Exact,

    /// <summary>
    /// The shorter side becomes <see cref="ImagePreprocessing.ResizeSize"/>, the longer one (int)(size · long / short); of that, the centre is taken. As torchvision's
    /// Resize and CenterCrop.
    /// </summary>
    ShorterSide,

    /// <summary>As large as fits inside Width × Height with its proportions kept; the rest is <see cref="ImagePreprocessing.PadColour"/>. As Pillow's ImageOps.pad.</summary>
    Pad,
}
