using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Internal;
using MLTransfer.Media;

namespace MLTransfer.Audio;

/// <summary>Clips that stand in the data as numbers. A slot's content is their rate, then the samples.</summary>
internal sealed class SampleSource(DataViewRow row, DataViewSchema.Column column, AudioEmbeddingOptions options, int defaultRate) : MediaSource
{
    /// <summary>Bytes of content before the samples.</summary>
    public const int HeaderSize = sizeof(int);

    private readonly ValueGetter<VBuffer<float>> _samples = row.GetGetter<VBuffer<float>>(column);
    private readonly ValueGetter<int>? _rate = options.SampleRateColumnName is string name ? row.GetGetter<int>(row.Schema[name]) : null;
    private VBuffer<float> _buffer;

    public override void Read(MediaSlot slot)
    {
        _samples(ref _buffer);
        int rate = options.SampleRate ?? defaultRate;
        _rate?.Invoke(ref rate);
        slot.Path = null;
        slot.IsRaw = true;
        long size = HeaderSize + (long)_buffer.Length * sizeof(float);
        slot.Size = size;
        if (size > options.MaximumBytes)
            return;
        Span<byte> content = slot.Reserve((int)size);
        MemoryMarshal.Write(content, rate);
        _buffer.CopyTo(MemoryMarshal.Cast<byte, float>(content[HeaderSize..]));
    }

    public override void Load(MediaSlot slot)
    {
        if (slot.Size > options.MaximumBytes)
            throw Throw.FileTooLarge(slot.Size, options.MaximumBytes);
        int rate = MemoryMarshal.Read<int>(slot.Content);
        if (rate is < 1 or > AudioPreprocessing.MaximumSampleRate)
            throw Throw.SampleRate(rate, options.SampleRateColumnName);
    }
}
