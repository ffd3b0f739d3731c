using MLTransfer.Distillation.Students;

namespace MLTransfer;

/// <summary>The shape of a small convolutional network for pictures: see <see cref="StudentBackbones.ConvolutionImage"/>.</summary>
public sealed record ConvolutionImageOptions
{
    /// <summary>Pixels of each side that a picture is brought to. 32 to 224, default: 64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int ImageSize { get; init => field = OptionRange.Within(value, 32, 224, nameof(ImageSize)); } = 64;

    /// <summary>Channels of the first convolution; each stage has twice those of the one before, 512 times <see cref="Width"/> / 32 at most. 8 to 256, a multiple of 8; default: 32.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range, or no multiple of 8.</exception>
    public int Width
    {
        get;
        init => field = value % 8 == 0 ? OptionRange.Within(value, 8, 256, nameof(Width)) : throw Internal.Throw.StudentOption(nameof(Width), value, "a multiple of 8 from 8 to 256");
    } = 32;

    /// <summary>Blocks of each stage, the one that halves the sides included. 1 to 8, default: 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int BlocksPerStage { get; init => field = OptionRange.Within(value, 1, 8, nameof(BlocksPerStage)); } = 2;

    /// <summary>
    /// Numbers of a feature, by a linear map behind the mean over the places. 1 to 65,536, default: null, the mean itself: as many numbers as the last stage has channels (256 at the
    /// other defaults).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int? OutputDimension { get; init => field = value is int d ? OptionRange.Within(d, 1, 65_536, nameof(OutputDimension)) : null; }

    /// <summary>Whether features are divided by their Euclidean norm, which the card then says. Default: false.</summary>
    public bool Normalize { get; init; }

    /// <summary>Decides the weights. Default: 0.</summary>
    public int Seed { get; init; }
}
