using System.Buffers.Binary;
using MLTransfer.Internal;

namespace MLTransfer.Audio;

/// <summary>
/// Reads wav files: PCM of 8, 16, 24 or 32 bits, IEEE floats of 32 or 64, plain or WAVE_FORMAT_EXTENSIBLE. Integers come out in −1…1 (divided by 2^(bits − 1)), floats as they
/// are. Two channels become their mean; more need a choice. Every fault of a file is an <see cref="AudioDecodeException"/>.
/// </summary>
internal static class WavDecoder
{
    /// <summary>The most samples of a clip unless the caller says otherwise: half an hour at 48 kHz.</summary>
    public const int DefaultMaximumSamples = 30 * 60 * 48_000;

    private const ushort Pcm = 1;
    private const ushort IeeeFloat = 3;
    private const ushort Extensible = 0xFFFE;
    private const int MaximumSampleRate = 768_000;

    // Programs that write into a pipe cannot know the length; they leave 0xFFFFFFFF or something just below 2 GiB.
    private const uint UnknownLength = 0x7FFF_0000;

    // All but the first two bytes of the identifiers that extensible formats name PCM and floats by, KSDATAFORMAT_SUBTYPE_….
    private static ReadOnlySpan<byte> SubFormatTail => [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];

    /// <summary>Reads a file whole. See <see cref="ReadFormat"/> and <see cref="Decode(ReadOnlySpan{byte}, in WavFormat, int?, Span{float})"/>.</summary>
    public static float[] Decode(ReadOnlySpan<byte> file, out int sampleRate, int? channel = null, int maximumSamples = DefaultMaximumSamples)
    {
        WavFormat format = ReadFormat(file, channel, maximumSamples);
        sampleRate = format.SampleRate;
        var samples = new float[format.SampleCount];
        Decode(file, format, channel, samples);
        return samples;
    }

    /// <summary>Reads and checks what stands before the samples; nothing is allocated.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="channel">Which channel is wanted, from zero; null for the mean of one or two.</param>
    /// <param name="maximumSamples">The longest clip that is accepted.</param>
    /// <exception cref="AudioDecodeException">It is no wav file, or one of a kind that is not read, cut short, empty or too long.</exception>
    public static WavFormat ReadFormat(ReadOnlySpan<byte> file, int? channel, int maximumSamples)
    {
        if (file.Length < 12 || !file.StartsWith("RIFF"u8) || !file[8..].StartsWith("WAVE"u8))
            throw Throw.NotWav(AudioFileKind.Describe(file));
        WavFormat? format = null;
        int position = 12;
        while (file.Length - position >= 8)
        {
            ReadOnlySpan<byte> id = file.Slice(position, 4);
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(file[(position + 4)..]);
            position += 8;
            if (id.SequenceEqual("data"u8))
            {
                return format is WavFormat known
                    ? WithData(file, known, position, size, channel, maximumSamples)
                    : throw Throw.WavWithoutFormat();
            }
            if (size > file.Length - position)
                throw Throw.WavChunkCut(ChunkName(id), size, file.Length - position);
            if (id.SequenceEqual("fmt "u8))
                format = Format(file.Slice(position, (int)size));
            // Chunks begin at even places.
            position = (int)Math.Min((long)position + size + (size & 1), file.Length);
        }
        throw format is null ? Throw.WavWithoutFormat() : Throw.WavWithoutData();
    }

    /// <summary>Reads the samples.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="format">What <see cref="ReadFormat"/> found in it.</param>
    /// <param name="channel">Which channel is wanted, from zero; null for the mean of one or two.</param>
    /// <param name="destination">[<see cref="WavFormat.SampleCount"/>].</param>
    /// <exception cref="AudioDecodeException">A sample is not a finite number.</exception>
    public static void Decode(ReadOnlySpan<byte> file, in WavFormat format, int? channel, Span<float> destination)
    {
        destination = destination[..format.SampleCount];
        ReadOnlySpan<byte> data = file.Slice(format.DataOffset, format.SampleCount * format.BlockSize);
        int first = channel ?? 0;
        int count = channel is null ? format.ChannelCount : 1;
        WavSamples.Read(data[(first * format.Bits / 8)..], format, destination);
        if (count == 2)
            WavSamples.Average(data[(format.Bits / 8)..], format, destination);
        if (format.IsFloat)
            RequireFinite(destination);
    }

    /// <summary>Refuses samples that are not finite numbers.</summary>
    /// <exception cref="AudioDecodeException">One is not; the message says which.</exception>
    public static void RequireFinite(ReadOnlySpan<float> samples)
    {
        int index = WavSamples.IndexOfNotFinite(samples);
        if (index >= 0)
            throw Throw.SampleNotFinite(index, samples[index]);
    }

    private static WavFormat Format(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length < 16)
            throw Throw.WavFormatShort(chunk.Length);
        ushort tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        uint rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
        int block = BinaryPrimitives.ReadUInt16LittleEndian(chunk[12..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        if (tag == Extensible)
        {
            if (chunk.Length < 40)
                throw Throw.WavFormatShort(chunk.Length);
            if (!chunk[26..40].SequenceEqual(SubFormatTail))
                throw Throw.WavEncoding("an extensible format of an unknown identifier");
            tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..]);
        }
        if (tag is not (Pcm or IeeeFloat))
            throw Throw.WavEncoding(AudioFileKind.Encoding(tag));
        bool isFloat = tag == IeeeFloat;
        if (isFloat ? bits is not (32 or 64) : bits is not (8 or 16 or 24 or 32))
            throw Throw.WavBits(isFloat, bits);
        if (channels == 0)
            throw Throw.WavValue("channels", 0, "at least one");
        if (rate is 0 or > MaximumSampleRate)
            throw Throw.WavValue("samples a second", rate, $"1 to {MaximumSampleRate}");
        return block == channels * bits / 8
            ? new WavFormat { IsFloat = isFloat, Bits = bits, ChannelCount = channels, SampleRate = (int)rate }
            : throw Throw.WavValue("bytes of a block", block, $"{channels * bits / 8} for {channels} channels of {bits} bits");
    }

    private static WavFormat WithData(ReadOnlySpan<byte> file, WavFormat format, int position, uint size, int? channel, int maximumSamples)
    {
        if (channel is null && format.ChannelCount > 2)
            throw Throw.WavChannels(format.ChannelCount);
        if (channel is int chosen && (chosen < 0 || chosen >= format.ChannelCount))
            throw Throw.WavChannelMissing(chosen, format.ChannelCount);
        int rest = file.Length - position;
        // Size 0 with something behind it that is no further chunk was written into a pipe as well.
        bool toTheEnd = size >= UnknownLength && size > rest || size == 0 && rest > 0 && !IsChunk(file[position..]);
        if (!toTheEnd && size > rest)
            throw Throw.WavCut(size, rest);
        // A part of a block at the end is less than one moment; there is nothing to read it as.
        int samples = (toTheEnd ? rest : (int)size) / format.BlockSize;
        if (samples == 0)
            throw Throw.NoSamples();
        if (samples > maximumSamples)
            throw Throw.TooManySamples(samples, maximumSamples);
        return format with { DataOffset = position, SampleCount = samples };
    }

    private static bool IsChunk(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 8 && !bytes[..4].ContainsAnyExceptInRange((byte)' ', (byte)'~')
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) <= bytes.Length - 8;

    private static string ChunkName(ReadOnlySpan<byte> id) =>
        id.ContainsAnyExceptInRange((byte)' ', (byte)'~') ? Convert.ToHexString(id) : System.Text.Encoding.ASCII.GetString(id);
}
