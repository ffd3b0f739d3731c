using System.Globalization;
using MLTransfer.Images;

namespace MLTransfer.Tests.Images;

public sealed class ImageAugmentationTests
{
    private static readonly ImageAugmentation Everything = new()
    {
        CropScale = 0.2,
        FlipProbability = 0.5,
        Brightness = 0.4,
        Contrast = 0.4,
        Saturation = 0.4,
        Hue = 0.1,
        Seed = 7,
    };

    [Test]
    public unsafe void ColourJitter_EachChange_IsPillows()
    {
        string[][] lines = [.. PillowGolden.Lines("jitter-golden.tsv").Skip(1).Select(line => line.Split('\t'))];
        Assert.That(lines, Has.Length.EqualTo(28));
        using var buffer = new ImageBuffer();
        using (Assert.EnterMultipleScope())
        {
            foreach (string[] line in lines)
            {
                double factor = double.Parse(line[1], CultureInfo.InvariantCulture);
                var pattern = new PixelView(buffer.Rent(45, 34), 45, 34);
                PillowGolden.Pattern(pattern, 4);
                Change(pattern, line[0], factor);
                Assert.That(PillowGolden.Hash(pattern), Is.EqualTo(line[2]), $"{line[0]} {factor}, pattern");
                PixelView grid = Grid(buffer);
                Change(grid, line[0], factor);
                Assert.That(PillowGolden.Hash(grid), Is.EqualTo(line[3]), $"{line[0]} {factor}, colours");
            }
        }
    }

    [Test]
    public void Prepare_NothingAsked_ChangesNothing() => Assert.That(Prepare(new ImageAugmentation { Seed = 3 }, 5), Is.EqualTo(Prepare(null, 0)));

    [Test]
    public void Prepare_SameSeeds_SameNumbers()
    {
        float[] first = Prepare(Everything, 41);
        Assert.That(Prepare(Everything, 41), Is.EqualTo(first));
        Assert.That(Prepare(Everything, 42), Is.Not.EqualTo(first));
        Assert.That(Prepare(Everything with { Seed = 8 }, 41), Is.Not.EqualTo(first));
    }

    [Test]
    public void Pixels_GoldenSeeds_AreTheSameOnEveryMachine()
    {
        // Our own numbers, pinned: a change of the generator would change every training run.
        using var workspace = new ImageWorkspace();
        var preprocessor = new ImagePreprocessor(new ImagePreprocessing(), 32, 32, augmentation: Everything);
        string[] found = [.. Enumerable.Range(0, 4).Select(row => PillowGolden.Hash(PillowGolden.Fixture("rgb.png"), preprocessor, workspace, (ulong)row))];
        Assert.That(found, Is.EqualTo(new[] { "30713f1e5cd3", "fc7df5155ea6", "40f560e56fd9", "28af19d18309" }));
    }

    [Test]
    public void Flip_Always_MirrorsEveryRow()
    {
        float[] plain = Prepare(null, 0);
        float[] mirrored = Prepare(new ImageAugmentation { FlipProbability = 1 }, 0);
        Assert.That(mirrored.Take(32), Is.EqualTo(plain.Take(32).Reverse()));
    }

    [Test]
    public void RandomCrop_ManyDraws_KeepsToScaleAndRatio()
    {
        var draws = new RandomDraws(1, 2);
        int large = 0;
        for (int i = 0; i < 2_000; i++)
        {
            RandomCrop crop = RandomCrop.Draw(640, 480, 0.25, 4.0 / 3, ref draws);
            // Half a pixel of rounding on each side.
            Assert.That(crop.Width * crop.Height, Is.InRange(0.25 * 640 * 480 - 640, 640 * 480));
            Assert.That((double)crop.Width / crop.Height, Is.InRange(0.75 - 0.005, 4.0 / 3 + 0.005));
            Assert.That(crop.Left >= 0 && crop.Top >= 0 && crop.Left + crop.Width <= 640 && crop.Top + crop.Height <= 480);
            large += crop.Width * crop.Height > 0.5 * 640 * 480 ? 1 : 0;
        }
        // Areas are uniform from 0.25 to 1, fewer near 1, where not all proportions fit: well over half of 2/3 lie above 0.5.
        Assert.That(large, Is.InRange(1_000, 1_400));
    }

    [TestCase(1, 1)]
    [TestCase(1, 500)]
    [TestCase(500, 1)]
    public void RandomCrop_ThinPictures_StaysInside(int width, int height)
    {
        var draws = new RandomDraws(1, 2);
        for (int i = 0; i < 100; i++)
        {
            RandomCrop crop = RandomCrop.Draw(width, height, 0.08, 4.0 / 3, ref draws);
            Assert.That(crop.Width >= 1 && crop.Height >= 1 && crop.Left + crop.Width <= width && crop.Top + crop.Height <= height);
        }
    }

    [Test]
    public void Init_BadValue_NamesTheMember()
    {
        Assert.That(() => new ImageAugmentation { CropScale = 0 }, Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("CropScale is 0; expected"));
        Assert.That(() => new ImageAugmentation { CropRatio = 0.5 }, Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("CropRatio"));
        Assert.That(() => new ImageAugmentation { FlipProbability = 1.5 }, Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("FlipProbability"));
        Assert.That(() => new ImageAugmentation { Brightness = -1 }, Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Brightness"));
        Assert.That(() => new ImageAugmentation { Contrast = double.NaN }, Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Contrast"));
        Assert.That(() => new ImageAugmentation { Saturation = double.PositiveInfinity }, Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Saturation"));
        Assert.That(() => new ImageAugmentation { Hue = 0.6 }, Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Hue"));
    }

    private static float[] Prepare(ImageAugmentation? augmentation, ulong row)
    {
        using var workspace = new ImageWorkspace();
        var preprocessor = new ImagePreprocessor(new ImagePreprocessing(), 32, 24, augmentation: augmentation);
        float[] numbers = new float[preprocessor.Length];
        preprocessor.Prepare(PillowGolden.Fixture("rgb.png"), workspace, row, numbers);
        return numbers;
    }

    private static void Change(PixelView pixels, string change, double factor)
    {
        switch (change)
        {
            case "Brightness":
                ColourJitter.Brightness(pixels, (float)factor);
                break;
            case "Contrast":
                ColourJitter.Contrast(pixels, (float)factor);
                break;
            case "Saturation":
                ColourJitter.Saturation(pixels, (float)factor);
                break;
            default:
                ColourJitter.Hue(pixels, factor);
                break;
        }
    }

    /// <summary>Colours from all over the cube, in the order of the script.</summary>
    private static unsafe PixelView Grid(ImageBuffer buffer)
    {
        int[] reds = [.. Enumerable.Range(0, 52).Select(i => 5 * i)];
        int[] greens = [.. Enumerable.Range(0, 86).Select(i => 3 * i)];
        int[] blues = [.. Enumerable.Range(0, 37).Select(i => 7 * i)];
        var view = new PixelView(buffer.Rent(greens.Length * blues.Length, reds.Length), greens.Length * blues.Length, reds.Length);
        for (int y = 0; y < reds.Length; y++)
        {
            uint* row = (uint*)view.Row(y);
            for (int x = 0; x < view.Width; x++)
                row[x] = (uint)(reds[y] | greens[x / blues.Length] << 8 | blues[x % blues.Length] << 16);
        }
        return view;
    }
}
