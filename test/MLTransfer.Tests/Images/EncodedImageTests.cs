using System.Buffers.Binary;
using System.Text;
using MLTransfer.Images;

namespace MLTransfer.Tests.Images;

/// <summary>Pictures that must be refused, and what Skia decodes otherwise than Pillow.</summary>
public sealed class EncodedImageTests
{
    [Test]
    public void Decode_NoBytes_SaysSo() => Refused([], "no bytes");

    [Test]
    public void Decode_TextNamedJpg_SaysThatItIsAText() => Refused(Encoding.UTF8.GetBytes("I am not a picture, whatever my name says.\n"), "found a text");

    [Test]
    public void Decode_OtherFiles_SaysWhatTheyAre()
    {
        Refused("<html><body>404</body></html>"u8.ToArray(), "HTML");
        Refused("%PDF-1.7 and so on"u8.ToArray(), "PDF");
        Refused([.. "II*\0"u8, .. new byte[40]], "TIFF");
        Refused([0, 0, 0, 24, .. "ftypheic"u8, .. new byte[40]], "HEIC");
        byte[] random = new byte[3_000];
        new Random(1).NextBytes(random);
        Refused(random, "3000 bytes that begin with");
    }

    [TestCase("baseline.jpg")]
    [TestCase("progressive.jpg")]
    [TestCase("rgb.png")]
    [TestCase("palette.gif")]
    [TestCase("lossy.webp")]
    [TestCase("lossless.webp")]
    [TestCase("rgb.bmp")]
    public void Decode_CutAnywhere_IsRefused(string name)
    {
        byte[] whole = PillowGolden.Fixture(name);
        foreach (double part in new[] { 0.02, 0.1, 0.5, 0.9, 0.97 })
            Assert.That(() => Decode(whole[..(int)(whole.Length * part)]), Throws.TypeOf<ImageDecodeException>(), $"{part} of {name}");
    }

    [Test]
    public void Decode_WebPWithoutItsLastBytes_IsRefused([Values("lossy.webp", "lossless.webp", "lossy-alpha.webp", "lossless-alpha.webp")] string name, [Values(1, 2, 16)] int missing) =>
        Refused(PillowGolden.Fixture(name)[..^missing], "WEBP file ends before its last pixel");

    [Test]
    public void Decode_Truncated_SaysSo() => Refused(PillowGolden.Fixture("baseline.jpg")[..700], "JPEG file ends before its last pixel");

    [TestCase("rgb.png", "PNG")]
    [TestCase("baseline.jpg", "JPEG")]
    [TestCase("palette.gif", "GIF")]
    [TestCase("rgb.bmp", "BMP")]
    public void Decode_HugeHeader_IsRefusedBeforeAnythingIsAllocated(string name, string format)
    {
        byte[] file = WithSize(PillowGolden.Fixture(name), format, 30_000);
        long before = Environment.WorkingSet;
        Refused(file, "30000 × 30000 pixels, which is 900000000; the limit is 178956970");
        // The pixels would be 3.6 GB.
        Assert.That(Environment.WorkingSet - before, Is.LessThan(500L << 20));
    }

    [Test]
    public void Decode_LimitIsAnOption()
    {
        byte[] file = PillowGolden.Fixture("rgb.png");
        Assert.That(() => Decode(file, 45 * 34), Throws.Nothing);
        Assert.That(() => Decode(file, 45 * 34 - 1), Throws.TypeOf<ImageDecodeException>().With.Message.Contains("the limit is 1529"));
    }

    [Test]
    public void Decode_WrongChecksum_IsRefused()
    {
        byte[] header = PillowGolden.Fixture("rgb.png");
        header[29] ^= 1;
        Refused(header, "PNG");
        byte[] data = PillowGolden.Fixture("rgb.png");
        data[^13] ^= 1;
        Refused(data, "PNG");
    }

    [Test]
    public void Decode_DamagedAnywhere_GivesPixelsOrARefusal([Values("baseline.jpg", "rgb.png", "palette.gif", "lossy.webp", "rgba.bmp", "transparent.gif")] string name)
    {
        var random = new Random(3);
        for (int i = 0; i < 200; i++)
        {
            byte[] file = PillowGolden.Fixture(name);
            for (int change = 0; change < 1 + i % 7; change++)
                file[random.Next(file.Length)] = (byte)random.Next(256);
            try
            {
                Decode(file, 1 << 20);
            }
            catch (ImageDecodeException)
            {
                // One of the two is fine; anything else fails the test.
            }
        }
    }

    [Test]
    public void Decode_GreyOf16Bits_IsItsHigherByte()
    {
        // Pillow 9.4 cuts 16-bit grey at 255, so that nearly all of it is white.
        using var workspace = new ImageWorkspace();
        var preprocessor = new ImagePreprocessor(new ImagePreprocessing { Resize = ImageResize.None, Rescale = 1 }, 45, 34);
        float[] grey = new float[preprocessor.Length];
        float[] colour = new float[preprocessor.Length];
        preprocessor.Prepare(PillowGolden.Fixture("grey-16bit.png"), workspace, 0, grey);
        preprocessor.Prepare(PillowGolden.Fixture("rgb-16bit.png"), workspace, 0, colour);
        Assert.That(grey[..(45 * 34)], Is.EqualTo(colour[..(45 * 34)]));
    }

    [Test]
    public void ExifReader_DamagedExif_IsUpright()
    {
        byte[] file = PillowGolden.Fixture("orientation-6.jpg");
        Assert.That(ExifReader.Orientation(file), Is.EqualTo(ImageOrientation.RotateClockwise));
        for (int length = 0; length < 200; length++)
            Assert.That(() => ExifReader.Orientation(file.AsSpan(0, length)), Throws.Nothing);
        int tag = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x01, 0x12]);
        file[tag + 9] = 77;
        Assert.That(ExifReader.Orientation(file), Is.EqualTo(ImageOrientation.Upright));
    }

    private static byte[] WithSize(byte[] file, string format, int side)
    {
        switch (format)
        {
            case "PNG":
                BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), side);
                BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), side);
                BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(29), Checksum(file.AsSpan(12, 17)));
                break;
            case "JPEG":
                int frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
                BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 5), (ushort)side);
                BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 7), (ushort)side);
                break;
            case "GIF":
                BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(6), (ushort)side);
                BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(8), (ushort)side);
                break;
            default:
                BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), side);
                BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), side);
                break;
        }
        return file;
    }

    /// <summary>The CRC-32 of PNG.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        foreach (byte value in bytes)
        {
            sum ^= value;
            for (int bit = 0; bit < 8; bit++)
                sum = (sum & 1) != 0 ? sum >> 1 ^ 0xEDB88320 : sum >> 1;
        }
        return ~sum;
    }

    private static void Refused(byte[] file, string words) =>
        Assert.That(() => Decode(file), Throws.TypeOf<ImageDecodeException>().With.Message.Contains(words));

    private static void Decode(byte[] file, long pixelLimit = ImageEmbeddingOptions.DefaultMaximumPixels)
    {
        using var workspace = new ImageWorkspace();
        var preprocessor = new ImagePreprocessor(new ImagePreprocessing(), 8, 8, pixelLimit: pixelLimit);
        preprocessor.Prepare(file, workspace, 0, new float[preprocessor.Length]);
    }
}
