namespace MLTransfer.Cli.Demo;

/// <summary>A photo with its class, and its pixels for the side without transfer.</summary>
internal sealed class Photo
{
    public string Image { get; set; } = "";

    public string Label { get; set; } = "";

    /// <summary>16 × 16 pixels of red, green and blue.</summary>
    [Microsoft.ML.Data.VectorType(Photos.PixelCount)]
    public float[] Pixels { get; set; } = [];
}
