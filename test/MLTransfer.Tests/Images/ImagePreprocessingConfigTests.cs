using MLTransfer.Backbones;

namespace MLTransfer.Tests.Images;

public sealed class ImagePreprocessingConfigTests
{
    private const string Normal = "\"do_normalize\": true, \"image_mean\": [0.5, 0.4, 0.3], \"image_std\": [0.2, 0.3, 0.4]";

    private string _path = "";

    [SetUp]
    public void SetUp() => _path = Path.Combine(Path.GetTempPath(), $"preprocessor_config-{Guid.NewGuid():N}.json");

    [TearDown]
    public void TearDown() => File.Delete(_path);

    [Test]
    public void Read_VisionTransformer_StretchesToHeightAndWidth() => Assert.That(
        Read("""
            {"do_normalize": true, "do_rescale": true, "do_resize": true, "image_mean": [0.5, 0.5, 0.5], "image_processor_type": "ViTImageProcessor",
             "image_std": [0.5, 0.5, 0.5], "resample": 2, "rescale_factor": 0.00392156862745098, "size": {"height": 224, "width": 192}}
            """),
        Is.EqualTo(new ImagePreprocessing
        {
            Width = 192,
            Height = 224,
            Resize = ImageResize.Exact,
            Filter = ResizeFilter.Bilinear,
            CropRounding = CropRounding.Down,
            Mean = [0.5, 0.5, 0.5],
            Std = [0.5, 0.5, 0.5],
        }));

    [TestCase("\"size\": 224, \"crop_size\": 224", TestName = "Read_ClipOfOldAndNewForm_IsShorterSideAndCrop(numbers)")]
    [TestCase("\"size\": {\"shortest_edge\": 224}, \"crop_size\": {\"height\": 224, \"width\": 224}", TestName = "Read_ClipOfOldAndNewForm_IsShorterSideAndCrop(objects)")]
    public void Read_ClipOfOldAndNewForm_IsShorterSideAndCrop(string size) => Assert.That(
        Read($$"""
            {"crop_size": 0, {{size}}, "do_center_crop": true, "do_convert_rgb": true, "do_normalize": true, "do_resize": true, "feature_extractor_type": "CLIPFeatureExtractor",
             "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711], "resample": 3}
            """.Replace("\"crop_size\": 0, ", "")),
        Is.EqualTo(ImagePreprocessing.Clip() with { ResizeSize = 224, CropRounding = CropRounding.Down }));

    [TestCase(224, "0.875", ImageResize.ShorterSide, 256)]
    [TestCase(224, "null", ImageResize.ShorterSide, 256)]
    [TestCase(288, "0.95", ImageResize.ShorterSide, 303)]
    [TestCase(384, "0.95", ImageResize.Exact, null)]
    public void Read_ConvNext_FollowsItsRuleOfCropPercent(int size, string percent, ImageResize resize, int? resizeSize)
    {
        ImagePreprocessing settings = Read($$"""
            {"image_processor_type": "ConvNextImageProcessor", "crop_pct": {{percent}}, "do_resize": true, "resample": 3, "size": {"shortest_edge": {{size}} }, {{Normal}} }
            """)!;
        Assert.That((settings.Width, settings.Height, settings.Resize, settings.ResizeSize), Is.EqualTo(((int?)size, (int?)size, resize, resizeSize)));
    }

    [Test]
    public void Read_DeiT_StretchesThenCrops()
    {
        ImagePreprocessing settings = Read($$"""
            {"image_processor_type": "DeiTImageProcessor", "size": 256, "crop_size": 224, "do_center_crop": true, "resample": 3, {{Normal}} }
            """)!;
        Assert.That((settings.Width, settings.Height, settings.Resize, settings.ResizeSize, settings.Filter),
            Is.EqualTo(((int?)224, (int?)224, ImageResize.Exact, (int?)256, ResizeFilter.Bicubic)));
    }

    [TestCase("LevitImageProcessor", 256)]
    [TestCase("PoolFormerImageProcessor", 248)]
    [TestCase("MobileNetV2ImageProcessor", 224)]
    public void Read_RulesOfTheirOwn_ChangeTheShorterSide(string type, int expected) => Assert.That(
        Read($$"""{"image_processor_type": "{{type}}", "size": {"shortest_edge": 224}, "crop_size": 224, "resample": 3, {{Normal}} }""")!.ResizeSize, Is.EqualTo(expected));

    [Test]
    public void Read_MobileViT_IsBlueGreenRedWithoutMean() => Assert.That(
        Read("""
            {"image_processor_type": "MobileViTImageProcessor", "crop_size": {"height": 256, "width": 256}, "do_center_crop": true, "do_flip_channel_order": true,
             "do_rescale": true, "do_resize": true, "resample": 2, "rescale_factor": 0.00392156862745098, "size": {"shortest_edge": 288}}
            """),
        Is.EqualTo(new ImagePreprocessing
        {
            Width = 256,
            Height = 256,
            Resize = ImageResize.ShorterSide,
            ResizeSize = 288,
            CropRounding = CropRounding.Down,
            Channels = ChannelOrder.Bgr,
        }));

    [Test]
    public void Read_EfficientNet_FoldsOffsetAndSecondDivisionIntoMeanAndStd()
    {
        ImagePreprocessing settings = Read($$"""
            {"image_processor_type": "EfficientNetImageProcessor", "size": {"height": 64, "width": 64}, "resample": 0, "rescale_factor": 0.00784313725490196,
             "rescale_offset": true, "include_top": true, {{Normal}} }
            """)!;
        Assert.That(settings.Mean, Is.EqualTo(new[] { 1.5, 1.4, 1.3 }).Within(1e-15));
        Assert.That(settings.Std, Is.EqualTo(new[] { 0.04, 0.09, 0.16 }).Within(1e-15));
    }

    [Test]
    public void Read_FastProcessor_CropsAsTorchvision() => Assert.That(
        Read($$"""{"image_processor_type": "CLIPImageProcessorFast", "size": 224, "crop_size": 224, "resample": 3, {{Normal}} }""")!.CropRounding,
        Is.EqualTo(CropRounding.HalfToEven));

    [Test]
    public void Read_WithoutRescale_LeavesBytes() => Assert.That(
        Read($$"""{"image_processor_type": "ViTImageProcessor", "size": 32, "resample": 2, "do_rescale": false, {{Normal}} }""")!.Rescale, Is.EqualTo(1));

    [Test]
    public void Read_AudioExtractorOrNoFile_IsNull()
    {
        Assert.That(Read("""{"feature_extractor_type": "WhisperFeatureExtractor", "feature_size": 80, "sampling_rate": 16000, "do_normalize": false}"""), Is.Null);
        Assert.That(Read("""{"processor_class": "SomeProcessor"}"""), Is.Null);
        File.Delete(_path);
        Assert.That(ImagePreprocessingConfig.Read(ConfigFile.Read(_path)), Is.Null);
    }

    [TestCase("\"do_color_quantize\": true", "do_color_quantize")]
    [TestCase("\"do_pad\": true", "do_pad")]
    [TestCase("\"size_divisor\": 32", "size_divisor")]
    [TestCase("\"keep_aspect_ratio\": true", "keep_aspect_ratio")]
    [TestCase("\"ensure_multiple_of\": 32", "ensure_multiple_of")]
    [TestCase("\"crop_pct\": 0.9", "crop_pct")]
    [TestCase("\"rescale_offset\": true", "rescale_offset")]
    [TestCase("\"include_top\": true", "include_top")]
    [TestCase("\"do_center_crop\": true", "do_center_crop")]
    [TestCase("\"do_resize\": false", "do_resize")]
    [TestCase("\"size\": {\"longest_edge\": 224}", "size")]
    [TestCase("\"size\": {\"shortest_edge\": 224}", "do_center_crop")]
    [TestCase("\"size\": {\"shortest_edge\": 800, \"longest_edge\": 1333}", "size")]
    [TestCase("\"size\": 0", "size")]
    [TestCase("\"size\": null", "size")]
    [TestCase("\"resample\": 7", "resample")]
    [TestCase("\"resample\": null", "resample")]
    [TestCase("\"rescale_factor\": 0", "rescale_factor")]
    [TestCase("\"image_mean\": [0.5, 0.5]", "image_mean")]
    [TestCase("\"image_mean\": null", "image_mean")]
    [TestCase("\"image_std\": [0, 1, 1]", "image_std")]
    [TestCase("\"image_processor_type\": \"PerceiverImageProcessor\"", "image_processor_type")]
    [TestCase("\"image_processor_type\": null", "image_processor_type")]
    public void Read_NotUnderstood_NamesTheMember(string member, string named)
    {
        string[] parts = member.Split(": ", 2);
        var members = new Dictionary<string, string>
        {
            ["\"image_processor_type\""] = "\"ViTImageProcessor\"",
            ["\"size\""] = "32",
            ["\"resample\""] = "2",
            ["\"image_mean\""] = "[0.5, 0.5, 0.5]",
            ["\"image_std\""] = "[0.5, 0.5, 0.5]",
            [parts[0]] = parts[1],
        };
        Assert.That(() => Read("{" + string.Join(", ", members.Select(m => $"{m.Key}: {m.Value}")) + "}"),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains($"'{named}' of '{_path}'").And.Message.Contains("expected"));
    }

    [TestCase("BeitImageProcessor", "\"size\": 256", "crop_size")]
    [TestCase("CLIPImageProcessor", "\"size\": 256, \"crop_size\": {\"height\": 224}", "crop_size")]
    [TestCase("DeiTImageProcessor", "\"size\": [256, 128], \"crop_size\": 64", "size")]
    [TestCase("PoolFormerImageProcessor", "\"size\": 224, \"crop_size\": 224, \"crop_pct\": 1.5", "crop_pct")]
    [TestCase("ConvNextImageProcessor", "\"size\": {\"height\": 224, \"width\": 224}", "size")]
    [TestCase("DonutImageProcessor", "\"size\": 224", "image_processor_type")]
    public void Read_ProcessorsRuleNotMet_NamesTheMember(string type, string members, string named) => Assert.That(
        () => Read($$"""{"image_processor_type": "{{type}}", "resample": 3, {{members}}, {{Normal}} }"""),
        Throws.TypeOf<InvalidDataException>().With.Message.Contains($"'{named}' of"));

    [Test]
    public void Read_SwitchedOffStepOfAnotherProcessor_IsNoError() => Assert.That(
        Read($$"""{"image_processor_type": "ViTImageProcessor", "size": 32, "resample": 2, "do_something": false, "other": null, {{Normal}} }"""), Is.Not.Null);

    private ImagePreprocessing? Read(string json)
    {
        File.WriteAllText(_path, json);
        return ImagePreprocessingConfig.Read(ConfigFile.Read(_path));
    }
}
