using System.Text.Json;
using System.Text.Unicode;

namespace MLTransfer.Cli.Tables;

/// <summary>A line of JSON as an object.</summary>
internal static class JsonLine
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <summary>Reads the last line of a reader. Null with a problem where it is no JSON object, has a name twice, or is not UTF-8.</summary>
    public static JsonDocument? Parse(LineReader reader, out string problem)
    {
        problem = "";
        if (reader.IsTooLong)
        {
            problem = $"the line has more than {reader.Line.Length} bytes.";
            return null;
        }
        if (!Utf8.IsValid(reader.Line.Span))
        {
            problem = "it is not UTF-8. Save the file as UTF-8.";
            return null;
        }
        try
        {
            JsonDocument document = JsonDocument.Parse(reader.Line, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            problem = $"it is {Describe(document.RootElement)}. Each line must be a JSON object.";
            document.Dispose();
        }
        catch (JsonException e)
        {
            problem = $"it is no JSON object: {Reason(e)}";
        }
        // Names with half a surrogate pair, when they are compared.
        catch (InvalidOperationException e)
        {
            problem = $"it is no JSON object: {e.Message}";
        }
        return null;
    }

    /// <summary>What a value is, in words.</summary>
    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "a text",
        JsonValueKind.Number => $"the number {Cut(value.GetRawText())}",
        JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        JsonValueKind.Null => "null",
        JsonValueKind.Array => $"an array of {value.GetArrayLength()} values",
        _ => "an object",
    };

    private static string Cut(string text) => text.Length <= 40 ? text : text[..40] + "…";

    // The library counts lines within the text it was given, which is one line.
    private static string Reason(JsonException e)
    {
        int end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? e.Message : $"{e.Message[..end]} (Byte {e.BytePositionInLine + 1}.)";
    }
}
