using System.Text.Json;
using System.Text.Json.Serialization;

namespace MLTransfer.Tests.Images;

public sealed class ImagePreprocessingTests
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    private static IEnumerable<ImagePreprocessing> Presets() =>
    [
        new(), ImagePreprocessing.Torchvision(), ImagePreprocessing.KerasCaffe(), ImagePreprocessing.KerasTf(160, ResizeFilter.Bilinear), ImagePreprocessing.KerasTorch(),
        ImagePreprocessing.Clip(), ImagePreprocessing.Timm(240, 0.95, ResizeFilter.Lanczos, [0.5], [0.5]),
        new() { Channels = ChannelOrder.Grey, PadColour = [1, 2, 3], PadPosition = PadPosition.TopLeft, Resize = ImageResize.Pad, ApplyOrientation = false },
    ];

    [TestCaseSource(nameof(Presets))]
    public void Json_RoundTrip_IsEqual(ImagePreprocessing settings)
    {
        ImagePreprocessing? back = JsonSerializer.Deserialize<ImagePreprocessing>(JsonSerializer.Serialize(settings, Json), Json);
        Assert.That(back, Is.EqualTo(settings));
        Assert.That(back!.GetHashCode(), Is.EqualTo(settings.GetHashCode()));
    }

    [Test]
    public void Json_Written_IsReadable() => Assert.That(JsonSerializer.Serialize(ImagePreprocessing.Torchvision(), Json),
        Does.Contain("\"resize\":\"shorterSide\"").And.Contain("\"mean\":[0.485,0.456,0.406]").And.Not.Contain("channelCount"));

    [Test]
    public void Json_UnknownMember_IsRefused() =>
        Assert.That(() => JsonSerializer.Deserialize<ImagePreprocessing>("""{"widht": 3}""", Json), Throws.TypeOf<JsonException>().With.Message.Contains("widht"));

    [Test]
    public void Equality_OtherMean_IsNotEqual() => Assert.That(ImagePreprocessing.Torchvision() with { Mean = [0.485, 0.456, 0.4] }, Is.Not.EqualTo(ImagePreprocessing.Torchvision()));

    [TestCase(224, 0.875, 256)]
    [TestCase(240, 0.95, 252)]
    [TestCase(224, 1.0, 224)]
    public void Timm_CropPercent_GivesTheShorterSide(int size, double percent, int expected) =>
        Assert.That(ImagePreprocessing.Timm(size, percent).ResizeSize, Is.EqualTo(expected));

    private static IEnumerable<TestCaseData> Bad() =>
    [
        Case("Width", () => new() { Width = 0 }), Case("Height", () => new() { Height = 16_385 }), Case("ResizeSize", () => new() { ResizeSize = -1 }),
        Case("Resize", () => new() { Resize = (ImageResize)9 }), Case("Filter", () => new() { Filter = (ResizeFilter)9 }),
        Case("PadColour", () => new() { PadColour = [1, 2] }), Case("PadColour", () => new() { PadColour = [0, 0, 256] }), Case("PadColour", () => new() { PadColour = [0, 0.5, 0] }),
        Case("Rescale", () => new() { Rescale = 0 }), Case("Rescale", () => new() { Rescale = double.NaN }), Case("Mean", () => new() { Mean = [1, 2] }),
        Case("Mean", () => new() { Mean = [double.PositiveInfinity] }), Case("Mean", () => new() { Mean = null! }), Case("Std", () => new() { Std = [0] }),
        Case("cropPercent", () => ImagePreprocessing.Timm(224, 1.1)),
    ];

    [TestCaseSource(nameof(Bad))]
    public void Init_BadValue_NamesMemberAndExpectation(string member, Func<ImagePreprocessing> make) => Assert.That(() => make(),
        Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo(member).And.Message.Contains("expected"));

    [Test]
    public void Check_Contradictions_NameTheMember()
    {
        Assert.That(() => new ImagePreprocessing { Channels = ChannelOrder.Grey, Mean = [1, 2, 3] }.Check("card"),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("'card'").And.Message.Contains("Mean is [1, 2, 3]"));
        Assert.That(() => new ImagePreprocessing { Channels = ChannelOrder.Grey, Std = [1, 2, 3] }.Check("card"), Throws.TypeOf<InvalidDataException>().With.Message.Contains("Std"));
        Assert.That(() => new ImagePreprocessing { Resize = ImageResize.Pad, ResizeSize = 8 }.Check("card"), Throws.TypeOf<InvalidDataException>().With.Message.Contains("ResizeSize"));
        Assert.That(() => ImagePreprocessing.Clip().Check("card"), Throws.Nothing);
    }

    private static TestCaseData Case(string member, Func<ImagePreprocessing> make) => new(member, make);
}
