using MLTransfer.Embedding;
using MLTransfer.Persistence;

namespace MLTransfer.Media;

/// <summary>What the steps over images and sounds save beside what all embedding steps do.</summary>
internal static class MediaPayload
{
    public static void Write(PayloadWriter payload, MediaEmbeddingOptions options)
    {
        payload.Settings["inputColumnName"] = options.InputColumnName;
        payload.Settings["folder"] = options.Folder;
        payload.Settings["onError"] = options.OnError.ToString();
        payload.Settings["maximumBytes"] = options.MaximumBytes;
    }

    public static T ReadOptions<T>(PayloadSettings settings, T options)
        where T : MediaEmbeddingOptions => EmbeddingPayload.ReadOptions(settings, options with
        {
            InputColumnName = settings.Text("inputColumnName"),
            Folder = settings.OptionalText("folder"),
            OnError = JobSettings.Current is null ? settings.Choice<RowErrorPolicy>("onError") : RowErrorPolicy.NaN,
            RowErrors = JobSettings.Current?.RowErrors,
            MaximumBytes = settings.Number<long>("maximumBytes"),
        });
}
