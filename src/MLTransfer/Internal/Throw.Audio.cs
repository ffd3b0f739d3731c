namespace MLTransfer.Internal;

internal static partial class Throw
{
    public static Exception AudioSetting(string member, object? found, string expected) => new ArgumentOutOfRangeException(
        member, found, $"'{member}' of the audio preprocessing is '{found ?? "null"}', expected {expected}.");
}
