using System.Text;
using System.Text.Unicode;

namespace MLTransfer.Cli.Data;

/// <summary>Text files in UTF-8, or in what their byte order mark says. Bytes that are no text are an error: replaced by question marks they would be learnt.</summary>
internal static class StrictText
{
    /// <summary>The whole text.</summary>
    /// <exception cref="FormatException">It is not UTF-8; the message names the line.</exception>
    public static string Read(string path)
    {
        try
        {
            using StreamReader reader = Open(path);
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            throw new FormatException(NotText(path));
        }
    }

    /// <summary>A reader that throws <see cref="DecoderFallbackException"/> where bytes are no text.</summary>
    public static StreamReader Open(string path) => new(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));

    /// <summary>What is wrong, with the number of the first line that is not UTF-8: decoders read ahead and do not know it.</summary>
    public static string NotText(string path)
    {
        // Latin-1 makes a character of each byte and loses none.
        int line = 1;
        foreach (string text in File.ReadLines(path, Encoding.Latin1))
        {
            if (!Utf8.IsValid(Encoding.Latin1.GetBytes(text)))
                return $"line {line} is not UTF-8. Save the file as UTF-8.";
            line++;
        }
        return "it is not the text that its byte order mark says. Save the file as UTF-8.";
    }
}
