using MLTransfer.Images;
using MLTransfer.Testing;

namespace MLTransfer.Tests.Images;

/// <summary>Golden pixels: difference 0 to Pillow 9.4 and torchvision 0.14.</summary>
public sealed class PillowGoldenTests
{
    /// <summary>Fixtures that Pillow decodes to other pixels, with the reason in docs/decisions/0008-images.md.</summary>
    private static readonly string[] KnownToDiffer = ["Fixtures/grey-16bit.png"];

    [Test]
    public void Pixels_Fixtures_AreThoseOfPillow([ValueSource(nameof(FixtureNames))] string name)
    {
        (string _, Dictionary<string, string> columns) = PillowGolden.Pictures().Single(p => p.Name == "Fixtures/" + name);
        Assert.That(Differences(PillowGolden.Fixture(name), columns), Is.Empty);
    }

    [Test]
    public void Pixels_RealPictures_AreThoseOfPillow([Values("caltech20", "flowers5", "pacs", "cifar10", "fashion-mnist", "products", "digits", "bccd")] string set)
    {
        string data = RealAssets.Data(set);
        (string Name, Dictionary<string, string> Columns)[] pictures = [.. PillowGolden.Pictures().Where(p => p.Name.StartsWith(set + "/", StringComparison.Ordinal))];
        Assert.That(pictures, Has.Length.GreaterThanOrEqualTo(4));
        using (Assert.EnterMultipleScope())
        {
            foreach ((string name, Dictionary<string, string> columns) in pictures)
                Assert.That(Differences(File.ReadAllBytes(Path.Combine(data, name[(set.Length + 1)..])), columns), Is.Empty, name);
        }
    }

    [Test]
    public void Pixels_AllFixturesHaveGoldenPixels() =>
        Assert.That(PillowGolden.Pictures().Select(p => p.Name).Where(n => n.StartsWith("Fixtures/", StringComparison.Ordinal)),
            Is.EquivalentTo(PillowGolden.Fixtures().Select(f => "Fixtures/" + f)));

    private static IEnumerable<string> FixtureNames() => PillowGolden.Fixtures().Where(f => !KnownToDiffer.Contains("Fixtures/" + f));

    /// <summary>The columns of the golden file that do not hold.</summary>
    private static List<string> Differences(byte[] file, Dictionary<string, string> columns)
    {
        using var workspace = new ImageWorkspace();
        var differences = new List<string>();
        foreach ((string column, string expected) in columns)
        {
            string[] parts = column.Split('/');
            if (expected == "-" || column is "file" or "width" or "height")
                continue;
            string found;
            if (column == "decoded")
            {
                int width = int.Parse(columns["width"], System.Globalization.CultureInfo.InvariantCulture);
                int height = int.Parse(columns["height"], System.Globalization.CultureInfo.InvariantCulture);
                found = PillowGolden.Hash(file, new ImagePreprocessor(new ImagePreprocessing { Resize = ImageResize.None }, width, height), workspace);
            }
            else
            {
                (ImagePreprocessing settings, int width, int height) = PillowGolden.Modes[parts[0]];
                found = PillowGolden.Hash(file, new ImagePreprocessor(settings with { Filter = Enum.Parse<ResizeFilter>(parts[1]) }, width, height), workspace);
            }
            if (found != expected)
                differences.Add(column);
        }
        return differences;
    }
}
