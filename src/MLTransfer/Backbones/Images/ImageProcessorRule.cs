namespace MLTransfer.Backbones;

/// <summary>What an image processor does with "size" that others do not.</summary>
internal enum ImageProcessorRule
{
    None,

    /// <summary>Below 384 pixels: the shorter side becomes (int)(size / crop_pct), then the centre of size × size is taken; from 384 on, stretched to size × size.</summary>
    ConvNext,

    /// <summary>The shorter side becomes (int)(256 / 224 · size).</summary>
    Levit,

    /// <summary>The shorter side becomes (int)(size / crop_pct).</summary>
    CropPercent,

    /// <summary>rescale_offset subtracts 1 after rescaling; include_top divides by the standard deviation a second time.</summary>
    EfficientNet,
}
