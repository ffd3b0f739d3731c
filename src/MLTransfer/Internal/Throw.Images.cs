namespace MLTransfer.Internal;

internal static partial class Throw
{
    public static Exception ImageSetting(string member, object? value, string expected) => new ArgumentOutOfRangeException(
        member, $"{nameof(ImagePreprocessing)}.{member} is {value ?? "null"}; expected {expected}.");

    public static Exception ImageContradiction(string origin, string member, object? value, string expected) => new InvalidDataException(
        $"The image preprocessing of '{origin}' contradicts itself: {member} is {value}; expected {expected}.");
}
