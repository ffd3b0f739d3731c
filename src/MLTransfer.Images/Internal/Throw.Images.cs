namespace MLTransfer.Images;

/// <summary>Every error this library words itself.</summary>
internal static partial class Throw
{
    public static Exception EmptyFile() => new ImageDecodeException("The picture has no bytes: expected a JPEG, PNG, WebP, BMP or GIF file. Copy or download it again.");

    public static Exception NotAPicture(string found) => new ImageDecodeException(
        $"The bytes are no picture: expected a JPEG, PNG, WebP, BMP or GIF file, found {found}. Remove the row, or correct the file.");

    public static Exception HeaderUnreadable(string format) => new ImageDecodeException(
        $"The header of the {format} file is damaged. Copy or download it again.");

    public static Exception TooManyPixels(long width, long height, long limit) => new ImageDecodeException(
        $"The picture has {width} × {height} pixels, which is {width * height}; the limit is {limit}. Nothing of it was decoded. " +
        "Make it smaller, or raise ImageEmbeddingOptions.MaximumPixels where you trust the file.");

    public static Exception Truncated(string format) => new ImageDecodeException(
        $"The {format} file ends before its last pixel, or its data are damaged. Copy or download it again.");

    public static Exception Undecodable(string format, object reason) => new ImageDecodeException(
        $"The {format} file cannot be decoded ({reason}). Copy or download it again, or convert it to PNG.");

    public static Exception PixelFormatUnknown(object format) => new ImageDecodeException(
        $"The picture's pixel format is {format}; expected Bgra32 or Rgba32. Make it with MLImage.CreateFromPixels or CreateFromFile.");

    public static Exception PixelCount(int width, int height, int found) => new ImageDecodeException(
        $"The picture of {width} × {height} pixels has {found} bytes; expected {4L * width * height}.");

    public static Exception PixelLimit(long pixelLimit) => new ArgumentOutOfRangeException(nameof(pixelLimit), pixelLimit, "The pixel limit must be at least 1.");

    public static Exception DestinationSize(int found, int expected) => new ArgumentException(
        $"The destination has {found} numbers, but a picture has {expected}: channels · height · width.");

    public static Exception AugmentationSetting(string member, object? value, string expected) => new ArgumentOutOfRangeException(
        member, $"{nameof(ImageAugmentation)}.{member} is {value ?? "null"}; expected {expected}.");

    public static Exception ViewsWithoutAugmentation(int views) => new ArgumentException(
        $"ImageEmbeddingOptions.AugmentedViewCount is {views}, but Augmentation is not set, so all views would be alike. Say how pictures are changed, or leave the count at 0.");
}
