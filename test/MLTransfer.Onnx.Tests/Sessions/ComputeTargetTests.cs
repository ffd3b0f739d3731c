using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Onnx.Tests.Sessions;

internal sealed class ComputeTargetTests
{
    private static readonly ComputeTarget[] All =
    [
        ComputeTarget.Cpu, ComputeTarget.Auto, ComputeTarget.WebGpu, ComputeTarget.CoreMl, ComputeTarget.OpenVino, ComputeTarget.Cuda(), ComputeTarget.Cuda(3),
        ComputeTarget.TensorRt(1), ComputeTarget.DirectMl(), ComputeTarget.Cuda(2).WithFallback(), ComputeTarget.WebGpu.WithFallback(),
    ];

    [TestCaseSource(nameof(All))]
    public void Parse_OfWhatToStringWrote_GivesTheSameTarget(ComputeTarget target) => Assert.That(ComputeTarget.Parse(target.ToString()), Is.EqualTo(target));

    [TestCase("gpu")]
    [TestCase("cuda:-1")]
    [TestCase("cuda:x")]
    [TestCase("cuda:1:2")]
    [TestCase("1")]
    [TestCase("+fallback")]
    public void Parse_OfAnythingElse_ListsWhatThereIs(string text) =>
        Assert.That(() => ComputeTarget.Parse(text), Throws.TypeOf<FormatException>().With.Message.Contains($"'{text}'").And.Message.Contains("cuda"));

    [Test]
    public void Cuda_NegativeDevice_IsRefused() => Assert.That(() => ComputeTarget.Cuda(-1), Throws.TypeOf<ArgumentOutOfRangeException>());

    [TestCase("cuda:0")]
    [TestCase("tensorrt:0")]
    [TestCase("directml:0")]
    [TestCase("coreml")]
    [TestCase("openvino")]
    public void Resolve_ProviderNotInTheLoadedBuild_SaysWhatIsLoadedAndWhatToDo(string name)
    {
        var target = ComputeTarget.Parse(name);
        string provider = ExecutionProviders.NameOf(target.Provider);
        if (NativeRuntime.Providers.Contains(provider))
            Assert.Ignore($"This native ONNX Runtime has {provider}.");
        Assert.That(() => ExecutionProviders.Resolve(target, null), Throws.TypeOf<PlatformNotSupportedException>()
            .With.Message.Contains(provider).And.Message.Contains("CPUExecutionProvider").And.Message.Contains(NativeRuntime.Version).And.Message.Contains("WithFallback"));
    }

    [Test]
    public void Resolve_WithFallback_WarnsAndUsesTheProcessor()
    {
        if (NativeRuntime.Providers.Contains("CUDAExecutionProvider"))
            Assert.Ignore("This native ONNX Runtime has CUDA.");
        string? warning = null;
        Assert.That(ExecutionProviders.Resolve(ComputeTarget.Cuda().WithFallback(), w => warning = w), Is.EqualTo(ComputeTarget.Cpu));
        Assert.That(warning, Does.Contain("cuda:0").And.Contain("processor"));
    }

    [Test]
    public void Resolve_Auto_GivesATargetThatRuns()
    {
        ComputeTarget resolved = ExecutionProviders.Resolve(ComputeTarget.Auto, null);
        Assert.That(resolved.Provider, Is.Not.EqualTo(ComputeProvider.Auto));
        Assert.That(ExecutionProviders.Prove(resolved), Is.Null);
    }

    [Test]
    public void RunProof_OnTheProcessor_Succeeds()
    {
        using Microsoft.ML.OnnxRuntime.SessionOptions options = ExecutionProviders.Options(ComputeTarget.Cpu);
        Assert.That(() => ExecutionProviders.RunProof(options), Throws.Nothing);
    }

    [Test]
    public void FilePath_OfTheNativeRuntime_IsAFile() => Assert.That(NativeRuntime.FilePath, Does.Exist);
}
