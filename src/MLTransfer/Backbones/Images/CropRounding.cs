namespace MLTransfer;

/// <summary>Where a centre crop begins when the margin is odd.</summary>
public enum CropRounding
{
    /// <summary>Half a pixel goes to the even number, as in torchvision (Python's round).</summary>
    HalfToEven,

    /// <summary>Half a pixel is dropped, as in Hugging Face's image processors (integer division).</summary>
    Down,
}
