using MLTransfer.Audio;

namespace MLTransfer.Tests.Audio;

internal sealed class WavDecoderTests
{
    private static readonly WavFile Mono16 = new() { Data = WavFile.Int16(0, 16384, -32768, 32767) };

    private static IEnumerable<TestCaseData> Formats()
    {
        yield return new TestCaseData(new WavFile { Bits = 8, Data = [128, 192, 0, 255] }, (float[])[0, 0.5f, -1, 127 / 128f]).SetArgDisplayNames("8 bits");
        yield return new TestCaseData(Mono16, (float[])[0, 0.5f, -1, 32767 / 32768f]).SetArgDisplayNames("16 bits");
        yield return new TestCaseData(new WavFile { Bits = 24, Data = [0, 0, 0, 0, 0, 0x40, 0, 0, 0x80, 0xFF, 0xFF, 0x7F] }, (float[])[0, 0.5f, -1, 8388607 / 8388608f])
            .SetArgDisplayNames("24 bits");
        yield return new TestCaseData(new WavFile { Bits = 24, Data = [0xFF, 0xFF, 0xFF, 1, 0, 0] }, (float[])[-1 / 8388608f, 1 / 8388608f]).SetArgDisplayNames("24 bits, least");
        yield return new TestCaseData(new WavFile { Bits = 32, Data = WavFile.Int32(0, 1 << 30, int.MinValue) }, (float[])[0, 0.5f, -1]).SetArgDisplayNames("32 bits");
        yield return new TestCaseData(new WavFile { Tag = 3, Bits = 32, Data = WavFile.Single(0, 0.1f, -1.5f) }, (float[])[0, 0.1f, -1.5f]).SetArgDisplayNames("float");
        yield return new TestCaseData(new WavFile { Tag = 3, Bits = 64, Data = WavFile.Double(0, 0.1, -1.5) }, (float[])[0, 0.1f, -1.5f]).SetArgDisplayNames("double");
    }

    [TestCaseSource(nameof(Formats))]
    public void Decode_EachKindOfSample_GivesItsNumbersPlainAndExtensible(object file, float[] expected)
    {
        var wav = (WavFile)file;
        Assert.That(Decode(wav), Is.EqualTo(expected));
        Assert.That(Decode(wav with { IsExtensible = true }), Is.EqualTo(expected));
        // Each number twice is stereo whose mean is the number, and either channel as well.
        int size = wav.Bits / 8;
        WavFile stereo = wav with { Channels = 2, Data = [.. wav.Data.Chunk(size).SelectMany(s => (byte[])[.. s, .. s])] };
        Assert.That(Decode(stereo), Is.EqualTo(expected));
        Assert.That(Decode(stereo, channel: 1), Is.EqualTo(expected));
    }

    [Test]
    public void Decode_Stereo_IsTheMeanAndAChannelIsItself()
    {
        WavFile stereo = new() { Channels = 2, Data = WavFile.Int16(1000, 3000, -32768, -32768, 32767, 32767, 0, 1) };
        Assert.That(Decode(stereo), Is.EqualTo((float[])[2000 / 32768f, -1, 32767 / 32768f, 0.5f / 32768]));
        Assert.That(Decode(stereo, channel: 0), Is.EqualTo((float[])[1000 / 32768f, -1, 32767 / 32768f, 0]));
        Assert.That(Decode(stereo, channel: 1), Is.EqualTo((float[])[3000 / 32768f, -1, 32767 / 32768f, 1 / 32768f]));
    }

    [Test]
    public void Decode_StereoLongerThanABlockOfTheMean_IsTheMeanThroughout()
    {
        short[] left = [.. Enumerable.Range(0, 3001).Select(i => (short)(i * 7 % 20000))];
        short[] right = [.. Enumerable.Range(0, 3001).Select(i => (short)(-i * 5 % 20000))];
        float[] mean = [.. left.Zip(right, (l, r) => (l + r) / 65536f)];
        Assert.That(Decode(new WavFile { Channels = 2, Data = WavFile.Int16([.. left.Zip(right, (l, r) => (short[])[l, r]).SelectMany(b => b)]) }), Is.EqualTo(mean));
    }

    [Test]
    public void Decode_LoudFloatsInStereo_DoNotOverflow() =>
        Assert.That(Decode(new WavFile { Tag = 3, Bits = 32, Channels = 2, Data = WavFile.Single(3e38f, 3e38f) }), Is.EqualTo((float[])[3e38f]));

    [Test]
    public void Decode_EightChannelsAndOneChosen_GivesThatOne() =>
        Assert.That(Decode(new WavFile { Channels = 8, Data = WavFile.Int16([.. Enumerable.Range(0, 16).Select(i => (short)i)]) }, channel: 5), Is.EqualTo((float[])[5 / 32768f, 13 / 32768f]));

    [TestCase(1)]
    [TestCase(768_000)]
    public void Decode_AnyRateThatIsOne_IsGivenBack(int rate)
    {
        _ = WavDecoder.Decode((Mono16 with { Rate = rate }).ToBytes(), out int found);
        Assert.That(found, Is.EqualTo(rate));
    }

    [Test]
    public void Decode_ChunksBetweenAndBehind_ArePassedOver()
    {
        WavFile file = Mono16 with { Between = ("LIST", [1, 2, 3]), Behind = ("id3 ", [4, 5]) };
        Assert.That(Decode(file), Is.EqualTo(Decode(Mono16)));
    }

    // What sox, ffmpeg and arecord leave when they write into a pipe.
    [TestCase(0xFFFF_FFFF)]
    [TestCase(0x7FFF_F000u)]
    [TestCase(0u)]
    public void Decode_SizeThatWasNotKnown_ReadsToTheEnd(uint size) => Assert.That(Decode(Mono16 with { DataSize = size }), Is.EqualTo(Decode(Mono16)));

    [Test]
    public void Decode_HalfASampleAtTheEnd_IsLeftOut() =>
        Assert.That(Decode(Mono16 with { Data = [.. Mono16.Data, 7] }), Is.EqualTo(Decode(Mono16)));

    [Test]
    public void ReadFormat_AllocatesNothing()
    {
        byte[] file = Mono16.ToBytes();
        float[] samples = new float[4];
        Read();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Read();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Read()
        {
            WavFormat format = WavDecoder.ReadFormat(file, null, WavDecoder.DefaultMaximumSamples);
            WavDecoder.Decode(file, format, null, samples);
        }
    }

    private static float[] Decode(WavFile file, int? channel = null) => WavDecoder.Decode(file.ToBytes(), out _, channel);
}
