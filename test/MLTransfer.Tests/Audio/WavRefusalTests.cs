using System.Text;
using MLTransfer.Audio;

namespace MLTransfer.Tests.Audio;

internal sealed class WavRefusalTests
{
    private static readonly WavFile Good = new() { Data = WavFile.Int16(1, 2, 3, 4) };

    private static IEnumerable<TestCaseData> Headers()
    {
        yield return Case("8 channels", Good with { Channels = 8, Data = new byte[32] }, "8 channels", "AudioEmbeddingOptions.Channel");
        yield return Case("no channel", Good with { Channels = 0, BlockSize = 2 }, "0 channels", "at least one");
        yield return Case("no samples", Good with { Data = [] }, "no samples");
        yield return Case("less than a sample", Good with { Data = [1] }, "no samples");
        yield return Case("rate 0", Good with { Rate = 0 }, "0 samples a second", "1 to 768000");
        yield return Case("rate of gigahertz", Good with { Rate = 3_000_000_000 }, "3000000000 samples a second");
        yield return Case("12 bits", Good with { Bits = 12 }, "12 bits", "8, 16, 24 and 32");
        yield return Case("16-bit floats", Good with { Tag = 3 }, "floats of 16 bits", "32 and 64");
        yield return Case("A-law", Good with { Tag = 6, Bits = 8 }, "A-law");
        yield return Case("µ-law", Good with { Tag = 7, Bits = 8 }, "µ-law");
        yield return Case("ADPCM", Good with { Tag = 0x11, Bits = 4, BlockSize = 36 }, "IMA ADPCM", "16-bit PCM");
        yield return Case("unknown format", Good with { Tag = 0x1234 }, "0x1234");
        yield return Case("extensible A-law", Good with { Tag = 6, Bits = 8, IsExtensible = true }, "A-law");
        yield return Case("extensible unknown", Good with { IsExtensible = true, SubFormat = new byte[14] }, "unknown identifier");
        yield return Case("block of another size", Good with { BlockSize = 4 }, "4 bytes of a block", "expected 2");
        yield return Case("no format", Good with { HasFormat = false }, "'fmt '");
        yield return Case("no data", Good with { HasData = false }, "'data'", "no samples");
        yield return Case("neither", Good with { HasFormat = false, HasData = false }, "'fmt '");
        yield return Case("cut short", Good with { DataSize = 100 }, "100 bytes", "ends after 8");
    }

    private static TestCaseData Case(string name, WavFile file, params string[] words) => new TestCaseData(file.ToBytes(), words).SetArgDisplayNames(name);

    [TestCaseSource(nameof(Headers))]
    public void Decode_HeaderThatIsNotRead_SaysWhat(byte[] file, string[] words) => AssertRefused(file, words);

    private static IEnumerable<TestCaseData> OtherFiles()
    {
        yield return Other("empty", "", "an empty file");
        yield return Other("text", "hello, I am no sound at all\r\n", "a text file");
        yield return Other("text in Latin script", "Grüße aus Köln", "a text file");
        yield return Other("Ogg", "OggS\0\u0002\0\0\0\0\0\0\0\0", "an Ogg file");
        yield return Other("FLAC", "fLaC\0\0\0\"\0\0\0\0\0\0", "a FLAC file");
        yield return Other("MP3 with tags", "ID3\u0003\0\0\0\0\0\0\0\0\0", "an MP3 file");
        yield return new TestCaseData((byte[])[0xFF, 0xFB, 0x90, 0x64, 0, 0, 0, 0, 0, 0, 0, 0], (string[])["an MP3 file"]).SetArgDisplayNames("MP3");
        yield return new TestCaseData((byte[])[0xFF, 0xF1, 0x50, 0x80, 0, 0, 0, 0, 0, 0, 0, 0], (string[])["an AAC stream"]).SetArgDisplayNames("AAC");
        yield return Other("M4A", "\0\0\0 ftypM4A ", "an MP4 or M4A file");
        yield return Other("AIFF", "FORM\0\0\0\0AIFF", "an AIFF file");
        yield return Other("AU", ".snd\0\0\0\u0018", "an AU file");
        yield return new TestCaseData((byte[])[0x1A, 0x45, 0xDF, 0xA3, 1, 0, 0, 0, 0, 0, 0, 0], (string[])["a WebM or Matroska file"]).SetArgDisplayNames("WebM");
        yield return Other("RF64", "RF64\xFF\xFF\xFF\xFFWAVEds64", "64-bit sizes");
        yield return Other("RIFX", "RIFX\0\0\0\0WAVEfmt ", "reversed byte order");
        yield return Other("AVI", "RIFF\0\0\0\0AVI LIST", "not of waves");
        yield return Other("first bytes only", "RIFF\0\0", "cut off in its first bytes");
        yield return Other("pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:1", "a Git LFS pointer");
        yield return new TestCaseData((byte[])[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], (string[])["no known audio file"]).SetArgDisplayNames("bytes");
    }

    private static TestCaseData Other(string name, string content, string words) =>
        new TestCaseData(name.Contains("Latin") ? Encoding.UTF8.GetBytes(content) : Encoding.Latin1.GetBytes(content), (string[])[words, "16-bit PCM"]).SetArgDisplayNames(name);

    [TestCaseSource(nameof(OtherFiles))]
    public void Decode_FileOfAnotherKind_NamesTheKind(byte[] file, string[] words) => AssertRefused(file, ["Expected a wav file", .. words]);

    [Test]
    public void Decode_CutAnywhere_IsRefusedOrShorterByNothing()
    {
        byte[] file = (Good with { IsExtensible = true, Between = ("LIST", [1, 2, 3]) }).ToBytes();
        for (int length = 0; length < file.Length; length++)
            AssertRefused(file[..length], []);
    }

    [Test]
    public void Decode_BytesOverwrittenAtRandom_NeverFailsOtherwise()
    {
        byte[] file = (Good with { IsExtensible = true, Channels = 2, Between = ("LIST", [1, 2, 3]), Behind = ("id3 ", [1, 2]) }).ToBytes();
        var random = new Random(0);
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] copy = [.. file];
            for (int n = 0; n < 1 + i % 3; n++)
                copy[random.Next(copy.Length)] = (byte)random.Next(256);
            try
            {
                _ = WavDecoder.Decode(copy, out _);
            }
            catch (AudioDecodeException)
            {
                refused++;
            }
        }
        Assert.That(refused, Is.InRange(5_000, 19_000));
    }

    [Test]
    public void Decode_FormatTooShort_SaysHowLongItIs()
    {
        byte[] file = Good.ToBytes();
        file[16] = 14;
        AssertRefused(file, ["14 bytes", "at least 16"]);
    }

    [Test]
    public void Decode_ChunkBeyondTheEnd_NamesIt()
    {
        byte[] file = (Good with { Between = ("junk", [1, 2]) }).ToBytes();
        BitConverter.TryWriteBytes(file.AsSpan(40), 0xFFFF_FFF0);
        AssertRefused(file, ["'junk'", "4294967280"]);
    }

    [TestCase(-1)]
    [TestCase(2)]
    public void Decode_ChannelThatIsNotThere_SaysHowManyAre(int channel) =>
        Assert.That(() => WavDecoder.Decode((Good with { Channels = 2 }).ToBytes(), out _, channel),
            Throws.TypeOf<AudioDecodeException>().With.Message.Contains($"Channel {channel}").And.Message.Contains("has 2"));

    [Test]
    public void Decode_LongerThanTheLimit_SaysBoth() =>
        Assert.That(() => WavDecoder.Decode(Good.ToBytes(), out _, maximumSamples: 3),
            Throws.TypeOf<AudioDecodeException>().With.Message.Contains("4 samples").And.Message.Contains("limit of 3"));

    [TestCase(float.NaN, "NaN")]
    [TestCase(float.PositiveInfinity, "Infinity")]
    [TestCase(float.NegativeInfinity, "-Infinity")]
    public void Decode_SampleThatIsNoNumber_SaysWhichOne(float value, string word)
    {
        float[] samples = [.. Enumerable.Repeat(0.5f, 100)];
        samples[77] = value;
        AssertRefused(new WavFile { Tag = 3, Bits = 32, Data = WavFile.Single(samples) }.ToBytes(), ["Sample 77", word]);
        AssertRefused(new WavFile { Tag = 3, Bits = 64, Data = WavFile.Double([.. samples.Select(s => (double)s)]) }.ToBytes(), ["Sample 77", word]);
    }

    [Test]
    public void Decode_DoubleBeyondFloat_IsRefused() => AssertRefused(new WavFile { Tag = 3, Bits = 64, Data = WavFile.Double(0, 1e300) }.ToBytes(), ["Sample 1", "Infinity"]);

    private static void AssertRefused(byte[] file, string[] words)
    {
        AudioDecodeException? refusal = Assert.Throws<AudioDecodeException>(() => WavDecoder.Decode(file, out _), $"{file.Length} bytes");
        foreach (string word in words)
            Assert.That(refusal!.Message, Does.Contain(word));
    }
}
