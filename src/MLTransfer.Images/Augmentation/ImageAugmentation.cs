using MLTransfer.Images;

namespace MLTransfer;

/// <summary>
/// Random changes of pictures, for training: crop, mirroring and colours, in this order, as torchvision's RandomResizedCrop, RandomHorizontalFlip and ColorJitter do them to Pillow
/// pictures. A record as it comes changes nothing.
/// </summary>
/// <remarks>
/// Every random number comes from <see cref="Seed"/> and the row's own seed by whole-number arithmetic: the same seeds choose the same changes on every machine, in any order of
/// rows and on any number of threads.
/// </remarks>
public sealed record ImageAugmentation
{
    /// <summary>
    /// The least part of the picture's area that a random crop keeps, such as torchvision's 0.08; the part is uniform from here to 1. The crop takes the place of the usual resize
    /// and centre crop. Null, the default: no random crop.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0 and at most 1.</exception>
    public double? CropScale { get; init => field = Checked(value, nameof(CropScale), v => v is null or (> 0 and <= 1), "a number above 0 and at most 1"); }

    /// <summary>
    /// How far the proportions of a random crop may go from those of a square: width / height lies between 1 / this and this, as often above 1 as below. Default: 4/3.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not from 1 to 100.</exception>
    public double CropRatio { get; init => field = Checked(value, nameof(CropRatio), v => v is >= 1 and <= 100, "a number from 1 to 100"); } = 4.0 / 3;

    /// <summary>How probable it is that a picture is mirrored, left to right. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not from 0 to 1.</exception>
    public double FlipProbability { get; init => field = Checked(value, nameof(FlipProbability), v => v is >= 0 and <= 1, "a number from 0 to 1"); }

    /// <summary>Brightness is multiplied by a number from max(0, 1 − this) to 1 + this. Default: 0, unchanged.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not finite.</exception>
    public double Brightness { get; init => field = Strength(value, nameof(Brightness)); }

    /// <summary>The distance from the picture's mean lightness is multiplied by a number from max(0, 1 − this) to 1 + this. Default: 0, unchanged.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not finite.</exception>
    public double Contrast { get; init => field = Strength(value, nameof(Contrast)); }

    /// <summary>The distance from each pixel's lightness is multiplied by a number from max(0, 1 − this) to 1 + this. Default: 0, unchanged.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not finite.</exception>
    public double Saturation { get; init => field = Strength(value, nameof(Saturation)); }

    /// <summary>Hues are turned by a part of the colour circle from −this to this. Default: 0, unchanged.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not from 0 to 0.5.</exception>
    public double Hue { get; init => field = Checked(value, nameof(Hue), v => v is >= 0 and <= 0.5, "a number from 0 to 0.5"); }

    /// <summary>Default: 0.</summary>
    public int Seed { get; init; }

    private static double Strength(double value, string member) => Checked(value, member, v => v >= 0 && double.IsFinite(v), "a finite number of at least 0");

    private static T Checked<T>(T value, string member, Predicate<T> isGood, string expected) =>
        isGood(value) ? value : throw Throw.AugmentationSetting(member, value, expected);
}
