namespace MLTransfer.Cli.Rendering;

/// <summary>Makes text from files harmless to a terminal, which obeys control characters: the name of a tensor could recolour, retitle or overwrite what is shown.</summary>
internal static class PlainText
{
    // U+2400 and what follows: visible pictures of the control characters.
    private const int Pictures = 0x2400;
    private const char Replacement = '\ufffd';

    /// <summary>The text with every control character replaced by its picture, or by U+FFFD where it has none.</summary>
    public static string Of(string text) => text.Any(char.IsControl)
        ? string.Create(text.Length, text, (result, source) =>
        {
            for (int i = 0; i < source.Length; i++)
                result[i] = !char.IsControl(source[i]) ? source[i] : source[i] < ' ' ? (char)(Pictures + source[i]) : Replacement;
        })
        : text;
}
