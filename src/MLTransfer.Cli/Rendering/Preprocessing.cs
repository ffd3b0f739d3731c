using System.Globalization;

namespace MLTransfer.Cli.Rendering;

/// <summary>What happens to a picture or a clip before a graph reads it, in a line.</summary>
internal static class Preprocessing
{
    public static string Describe(ImagePreprocessing image)
    {
        string size = image.Width is null && image.Height is null ? "as the graph's axes say" : $"{Number(image.Width)} × {Number(image.Height)}";
        string resize = image.Resize == ImageResize.None ? "not resized" : $"{image.Resize}{(image.ResizeSize is int side ? $" to {side}" : "")}, {image.Filter}";
        return string.Create(CultureInfo.InvariantCulture,
            $"{size}; {resize}; {image.Channels}, {image.Layout}; (pixel · {image.Rescale:0.######} − [{Numbers(image.Mean)}]) / [{Numbers(image.Std)}]");
    }

    public static string Describe(AudioPreprocessing audio)
    {
        List<string> parts = [$"{audio.SampleRate} Hz", audio.Mel is MelSettings mel ? $"{audio.FrontEnd}, {mel.CoefficientCount ?? mel.BinCount} numbers a frame" : "samples"];
        if (audio.WindowSamples is int window)
            parts.Add($"windows of {window} samples");
        if (audio.ContextSamples > 0)
            parts.Add($"{audio.ContextSamples} samples of context");
        if (audio.NormalizeClip)
            parts.Add("each clip normalised");
        if (audio.States.Count > 0)
            parts.Add($"states {string.Join(", ", audio.States.Select(s => $"{s.Value} → {s.Key}"))}");
        return string.Join("; ", parts);
    }

    private static string Number(int? size) => size?.ToString(CultureInfo.InvariantCulture) ?? "the graph's";

    private static string Numbers(IEnumerable<double> values) => string.Join(", ", values.Select(v => v.ToString("0.######", CultureInfo.InvariantCulture)));
}
