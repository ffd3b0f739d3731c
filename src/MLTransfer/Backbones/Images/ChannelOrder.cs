namespace MLTransfer;

/// <summary>The channels that a backbone reads.</summary>
public enum ChannelOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red: models that come from Caffe or OpenCV.</summary>
    Bgr,

    /// <summary>One channel of lightness: (19595 · R + 38470 · G + 7471 · B + 32768) / 65536, rounded down, as Pillow's convert("L").</summary>
    Grey,
}
