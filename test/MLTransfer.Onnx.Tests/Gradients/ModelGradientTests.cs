using System.Globalization;
using MLTransfer.Testing;

namespace MLTransfer.Onnx.Tests.Gradients;

/// <summary>
/// Whole models against PyTorch's gradients in double precision: L = Σ over outputs of c · y with fixed coefficients, differentiated with respect to all weights at once.
/// </summary>
internal sealed class ModelGradientTests
{
    private const double GlobalTolerance = 1e-4;

    // Of the tensor's own norm; a tensor whose gradient is next to nothing beside the others holds rounding errors only, as that of an attention's key bias.
    private const double TensorTolerance = 1e-3;

    // Of millions of numbers in front of a ReLU some lie so near to 0 that single precision takes the other side, and the gradient there is another. Where that moves PyTorch's own float32
    // away from its float64 (ResNet50: 4e-4), ours may be as far.
    private const double OwnErrors = 3;
    private const double NextToNothing = 1e-5;

    [TestCase("bert-11")]
    [TestCase("bert-13")]
    [TestCase("bert-14")]
    [TestCase("bert-17")]
    [TestCase("mobilenetv2-bn-13")]
    [TestCase("mobilenetv2-folded-9")]
    [TestCase("mobilenetv2-folded-11")]
    [TestCase("resnet18-bn-11")]
    [TestCase("resnet18-folded-17")]
    [TestCase("squeezenet-11")]
    [TestCase("squeezenet-counted-17")]
    [TestCase("vit-11")]
    [TestCase("vit-13")]
    [TestCase("vit-17")]
    public void Export_AllWeights_AgreesWithPyTorch(string name)
    {
        foreach (bool isOpen in (bool[])[true, false])
            Check(name, Path.Combine(GoldenGradients.Folder, GoldenGradients.Read(name).Model), isOpen);
    }

    [TestCase("all-minilm-l6-v2")]
    [TestCase("gte-small")]
    [TestCase("squeezenet1.0")]
    // As PyTorch's ReLU6 has it: no gradient exactly on a bound, where hundreds of numbers lie.
    [TestCase("mobilenetv1-0.25-128-hardtanh")]
    [TestCase("mobilenetv2-1.0-224-hardtanh")]
    [TestCase("resnet50-v1-w8")]
    [TestCase("cartpole-ppo")]
    [TestCase("godot-ballchase")]
    [TestCase("godot-flyby")]
    [TestCase("godot-jumperhard")]
    public void RealFile_AllWeights_AgreesWithPyTorch(string name) => Check(name, RealFile(name), isOpen: true);

    [TestCase("google-speech-embedding")]
    [TestCase("melspectrogram")]
    [TestCase("nanodet-m-416")]
    [TestCase("yunet-n-320")]
    public void RealFile_FixedSizes_AgreesWithPyTorch(string name) => Check(name, RealFile(name), isOpen: false);

    private static string RealFile(string name)
    {
        string model = GoldenGradients.Read(name).Model;
        return Path.Combine(RealAssets.Model(model[..model.IndexOf('/')]), model[(model.IndexOf('/') + 1)..]);
    }

    private static void Check(string name, string file, bool isOpen)
    {
        var compared = GoldenComparison.Of(name, file, isOpen);
        GoldenGradients golden = compared.Golden;
        (GoldenParameter Tensor, double Error)[] counted = [.. golden.Parameters.Zip(compared.Distances)
            .Where(p => p.First.Norm > NextToNothing * golden.Norm).Select(p => (p.First, p.Second / p.First.Norm))];
        (GoldenParameter worst, double worstError) = counted.MaxBy(p => p.Error);
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: global {compared.GlobalError:E1} (PyTorch's own float32: {golden.Error32:E1}), worst tensor {worst.Name} {worstError:E1} (its own float32: {worst.Error32 / worst.Norm:E1})"));
        Assert.Multiple(() =>
        {
            Assert.That(compared.Loss, Is.EqualTo(golden.Loss).Within(1e-4 * Math.Max(1, Math.Abs(golden.Loss))), "the forward half in single precision");
            Assert.That(compared.GlobalError, Is.LessThanOrEqualTo(Math.Max(GlobalTolerance, OwnErrors * golden.Error32)), "the whole gradient");
            foreach ((GoldenParameter tensor, double error) in counted)
                Assert.That(error, Is.LessThanOrEqualTo(Math.Max(TensorTolerance, OwnErrors * tensor.Error32 / tensor.Norm)), $"the gradient of {tensor.Name}");
        });
    }
}
