using System.Globalization;
using Microsoft.ML.Data;
using MLTransfer.Images;

namespace MLTransfer.Tests.Images;

public sealed class ImagePreprocessorTests
{
    [Test]
    public void Prepare_TorchvisionNormalize_GivesItsBits()
    {
        float[][] expected = [.. PillowGolden.Lines("normalize-golden.txt")
            .Select(line => line.Split(' ').Select(h => BitConverter.UInt32BitsToSingle(uint.Parse(h, NumberStyles.HexNumber, CultureInfo.InvariantCulture))).ToArray())];
        ImagePreprocessing settings = ImagePreprocessing.Torchvision() with { Resize = ImageResize.None, ResizeSize = null };
        float[] found = Prepare(settings, Ramp(false), 256, 1);
        Assert.That(found, Is.EqualTo(expected.SelectMany(c => c)));
    }

    [Test]
    public void Prepare_LayoutsAndOrders_PlaceTheSameNumbers()
    {
        using MLImage image = Ramp(false, colour: true);
        var settings = new ImagePreprocessing { Resize = ImageResize.None, Rescale = 1, Mean = [1, 2, 3], Std = [1, 2, 4] };
        float[] planes = Prepare(settings, image, 256, 1);
        Assert.That((planes[7], planes[256 + 7], planes[512 + 7]), Is.EqualTo((6f, ((7 * 3 % 256) - 2) / 2f, ((7 * 5 % 256) - 3) / 4f)));
        float[] pixels = Prepare(settings with { Layout = TensorLayout.Nhwc }, image, 256, 1);
        Assert.That(Enumerable.Range(0, 768).Select(i => pixels[i % 256 * 3 + i / 256]), Is.EqualTo(planes));
        float[] turned = Prepare(settings with { Channels = ChannelOrder.Bgr, Mean = [3, 2, 1], Std = [4, 2, 1] }, image, 256, 1);
        Assert.That(turned, Is.EqualTo(planes[512..].Concat(planes[256..512]).Concat(planes[..256])));
        float[] turnedPixels = Prepare(settings with { Channels = ChannelOrder.Bgr, Mean = [3, 2, 1], Std = [4, 2, 1], Layout = TensorLayout.Nhwc }, image, 256, 1);
        Assert.That(turnedPixels[21..24], Is.EqualTo(pixels[21..24].Reverse()));
        float[] grey = Prepare(settings with { Channels = ChannelOrder.Grey, Mean = [0], Std = [1] }, image, 256, 1);
        Assert.That(grey[7], Is.EqualTo((7 * 19595 + 21 * 38470 + 35 * 7471 + 32768) / 65536));
    }

    [Test]
    public void Prepare_BothPixelFormats_GiveTheSame() =>
        Assert.That(Prepare(new ImagePreprocessing(), Ramp(true, colour: true), 64, 8), Is.EqualTo(Prepare(new ImagePreprocessing(), Ramp(false, colour: true), 64, 8)));

    [Test]
    public void Prepare_MLImageOfAFile_IsThatOfTheFile()
    {
        using var stream = new MemoryStream(PillowGolden.Fixture("large.jpg"));
        using MLImage image = MLImage.CreateFromStream(stream);
        Assert.That(Prepare(ImagePreprocessing.Torchvision(), image, 224, 224), Is.EqualTo(Prepare(ImagePreprocessing.Torchvision(), PillowGolden.Fixture("large.jpg"), 224, 224)));
    }

    [Test]
    public void Prepare_MLImageOfAFileWithAlpha_HasColoursThatMLNetMultipliedByIt()
    {
        // A known disagreement: nothing in an MLImage says so, and nothing can undo it.
        var settings = new ImagePreprocessing { Resize = ImageResize.None, Rescale = 1 };
        using var stream = new MemoryStream(PillowGolden.Fixture("rgba.png"));
        using MLImage image = MLImage.CreateFromStream(stream);
        float[] plain = Prepare(settings, PillowGolden.Fixture("rgba.png"), 45, 34);
        float[] multiplied = Prepare(settings, image, 45, 34);
        for (int i = 0; i < multiplied.Length; i++)
            Assert.That(multiplied[i], Is.EqualTo(plain[i] * image.Pixels[4 * (i % (45 * 34)) + 3] / 255).Within(1), "rounding to a level");
        Assert.That(multiplied.Sum(), Is.LessThan(0.8f * plain.Sum()));
    }

    [TestCase(1, 1, 5, 3)]
    [TestCase(1, 90, 32, 32)]
    [TestCase(90, 1, 32, 32)]
    [TestCase(17, 23, 1, 1)]
    [TestCase(300, 7, 13, 31)]
    [TestCase(8, 8, 64, 8)]
    [TestCase(8, 64, 8, 9)]
    [TestCase(64, 8, 9, 8)]
    public void Resize_PortableAndVectorPasses_AreEqual(int width, int height, int newWidth, int newHeight)
    {
        foreach (ResizeFilter filter in Enum.GetValues<ResizeFilter>())
        {
            string[] hashes = [.. new[] { false, true }.Select(portable => Resized(width, height, newWidth, newHeight, filter, portable))];
            Assert.That(hashes[1], Is.EqualTo(hashes[0]), filter.ToString());
        }
    }

    [Test]
    public void Pixels_ExtremeProportions_AreCropped()
    {
        // A row of 45 × 1, its shorter side made 16,384, is 737,280 pixels long (48 GB); only the window of 64 × 64 may be computed.
        using var workspace = new ImageWorkspace();
        var settings = new ImagePreprocessing { Resize = ImageResize.ShorterSide, ResizeSize = 16_384 };
        Assert.That(() => PillowGolden.Hash(PillowGolden.Fixture("row.png"), new ImagePreprocessor(settings, 64, 64), workspace), Throws.Nothing);
        Assert.That(() => PillowGolden.Hash(PillowGolden.Fixture("column.png"), new ImagePreprocessor(new() { Resize = ImageResize.Pad }, 64, 1), workspace), Throws.Nothing);
    }

    [Test]
    public void Pixels_ScaledDecode_IsCloseToExact()
    {
        foreach (string name in new[] { "large.jpg", "orientation-6.jpg" })
        {
            ImagePreprocessing settings = new();
            float[] exact = Prepare(settings, PillowGolden.Fixture(name), 24, 20);
            float[] scaled = Prepare(settings, PillowGolden.Fixture(name), 24, 20, DecodeMode.Scaled);
            float[] differences = [.. exact.Zip(scaled, (a, b) => Math.Abs(a - b))];
            // The pattern has noise and hard edges, unlike photos, where the mean is below 1 of 255 levels.
            Assert.That(differences.Average(), Is.LessThan(10 / 255.0), name);
        }
        Assert.That(Prepare(new(), PillowGolden.Fixture("large.jpg"), 24, 20, DecodeMode.Scaled), Is.Not.EqualTo(Prepare(new(), PillowGolden.Fixture("large.jpg"), 24, 20)));
        Assert.That(Prepare(new(), PillowGolden.Fixture("rgb.png"), 4, 4, DecodeMode.Scaled), Is.EqualTo(Prepare(new(), PillowGolden.Fixture("rgb.png"), 4, 4)));
    }

    [Test]
    public void Prepare_WithoutOrientation_LeavesThePictureAsItLies()
    {
        ImagePreprocessing settings = new() { ApplyOrientation = false };
        Assert.That(Prepare(settings, PillowGolden.Fixture("orientation-6.jpg"), 45, 34), Is.EqualTo(Prepare(settings, PillowGolden.Fixture("orientation-1.jpg"), 45, 34)));
        Assert.That(Prepare(settings with { ApplyOrientation = true }, PillowGolden.Fixture("orientation-6.jpg"), 45, 34),
            Is.Not.EqualTo(Prepare(settings, PillowGolden.Fixture("orientation-6.jpg"), 45, 34)));
    }

    [Test]
    public void Prepare_AfterWarmUp_AllocatesLittle()
    {
        using var workspace = new ImageWorkspace();
        var preprocessor = new ImagePreprocessor(ImagePreprocessing.Torchvision(), 224, 224);
        float[] numbers = new float[preprocessor.Length];
        byte[] file = PillowGolden.Fixture("large.jpg");
        for (int i = 0; i < 3; i++)
            preprocessor.Prepare(file, workspace, 0, numbers);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
            preprocessor.Prepare(file, workspace, 0, numbers);
        // The managed handles of Skia's codec and data; no pixels.
        Assert.That((GC.GetAllocatedBytesForCurrentThread() - before) / 10, Is.LessThan(2_048));
    }

    [Test]
    public void Constructor_BadArguments_AreRefused()
    {
        Assert.That(() => new ImagePreprocessor(new(), 0, 1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ImagePreprocessor(new(), 1, 1, pixelLimit: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ImagePreprocessor(new() { Channels = ChannelOrder.Grey, Mean = [1, 1, 1] }, 1, 1), Throws.TypeOf<InvalidDataException>());
        using var workspace = new ImageWorkspace();
        Assert.That(() => new ImagePreprocessor(new(), 2, 2).Prepare(PillowGolden.Fixture("rgb.png"), workspace, 0, new float[11]),
            Throws.ArgumentException.With.Message.Contains("11").And.Message.Contains("12"));
    }

    private static unsafe string Resized(int width, int height, int newWidth, int newHeight, ResizeFilter filter, bool portable)
    {
        using var workspace = new ImageWorkspace();
        var source = new PixelView(workspace.Decoded.Rent(width, height), width, height);
        PillowGolden.Pattern(source, 3);
        return PillowGolden.Hash(PillowResize.Resize(source, newWidth, newHeight, 0, 0, newWidth, newHeight, filter, workspace, portable));
    }

    private static float[] Prepare(ImagePreprocessing settings, byte[] file, int width, int height, DecodeMode mode = DecodeMode.Exact)
    {
        using var workspace = new ImageWorkspace();
        var preprocessor = new ImagePreprocessor(settings, width, height, mode);
        float[] numbers = new float[preprocessor.Length];
        preprocessor.Prepare(file, workspace, 0, numbers);
        return numbers;
    }

    private static float[] Prepare(ImagePreprocessing settings, MLImage image, int width, int height)
    {
        using var workspace = new ImageWorkspace();
        var preprocessor = new ImagePreprocessor(settings, width, height);
        float[] numbers = new float[preprocessor.Length];
        preprocessor.Prepare(image.Pixels, image.Width, image.Height, image.PixelFormat, workspace, 0, numbers);
        return numbers;
    }

    /// <summary>A row of 256 pixels: red i, green i or 3 i, blue i or 5 i, alpha 128.</summary>
    private static MLImage Ramp(bool isBgra, bool colour = false)
    {
        byte[] pixels = new byte[1024];
        for (int i = 0; i < 256; i++)
        {
            pixels[4 * i + (isBgra ? 2 : 0)] = (byte)i;
            pixels[4 * i + 1] = (byte)(colour ? 3 * i : i);
            pixels[4 * i + (isBgra ? 0 : 2)] = (byte)(colour ? 5 * i : i);
            pixels[4 * i + 3] = 128;
        }
        return MLImage.CreateFromPixels(256, 1, isBgra ? MLPixelFormat.Bgra32 : MLPixelFormat.Rgba32, pixels);
    }
}
