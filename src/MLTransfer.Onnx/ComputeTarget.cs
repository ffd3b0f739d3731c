namespace MLTransfer.Onnx;

/// <summary>Where a graph runs: an execution provider of ONNX Runtime and, where there are several, a device. An immutable value; equal targets share sessions.</summary>
/// <remarks>
/// Only <see cref="Cpu"/> works with every native package. The others need the native build of ONNX Runtime that holds their provider (MLTransfer.Gpu for CUDA and
/// TensorRT); where it is absent, making a session fails with a message that says what is loaded. A target other than the CPU is proven by running a small graph on it
/// once, not by listing providers.
/// </remarks>
public sealed record ComputeTarget
{
    // 256 padded tokens for each run, one run for each core at a time, are the optimum of a MiniLM-size encoder on two cores (1.26 s for 512 texts; 1.30 s with 512 tokens, 1.48 s with
    // 1,024; one run at a time on both cores 1.40 s at its best). A GPU starves on so little.
    private const int CpuTokensPerRun = 256;
    private const int AcceleratorTokensPerRun = 16_384;

    // Two pictures of 224 × 224, one such run for each core at a time: 313 photos a second through a MobileNetV2 on two cores; 293 with four, 273 with eight, 219 with one.
    private const int CpuPixelsPerRun = 2 * 224 * 224;
    private const int AcceleratorPixelsPerRun = 64 * 224 * 224;

    // Four seconds at 16 kHz.
    private const int CpuSamplesPerRun = 4 * 16_000;
    private const int AcceleratorSamplesPerRun = 256 * 16_000;

    private ComputeTarget(ComputeProvider provider, int deviceId = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(deviceId);
        Provider = provider;
        DeviceId = deviceId;
    }

    /// <summary>The processor. Always there.</summary>
    public static ComputeTarget Cpu { get; } = new(ComputeProvider.Cpu);

    /// <summary>The first target that the loaded native package has and that passes its proof, in the order CUDA, DirectML, CoreML, WebGPU; else the processor.</summary>
    public static ComputeTarget Auto { get; } = new(ComputeProvider.Auto);

    /// <summary>WebGPU.</summary>
    public static ComputeTarget WebGpu { get; } = new(ComputeProvider.WebGpu);

    /// <summary>Apple's CoreML.</summary>
    public static ComputeTarget CoreMl { get; } = new(ComputeProvider.CoreMl);

    /// <summary>Intel's OpenVINO.</summary>
    public static ComputeTarget OpenVino { get; } = new(ComputeProvider.OpenVino);

    /// <summary>Which execution provider.</summary>
    public ComputeProvider Provider { get; }

    /// <summary>Which device of the provider; 0 is the first.</summary>
    public int DeviceId { get; }

    /// <summary>True where the processor is used, with a warning, when the target is not available. Default: false, an unavailable target is an error.</summary>
    public bool FallsBackToCpu { get; private init; }

    /// <summary>Padded tokens that one run should hold on this kind of target: 256 on a processor, 16,384 on an accelerator.</summary>
    public int TokensPerRun => Provider == ComputeProvider.Cpu ? CpuTokensPerRun : AcceleratorTokensPerRun;

    /// <summary>Pixels that one run should hold on this kind of target: two pictures of 224 × 224 on a processor, 64 on an accelerator.</summary>
    public int PixelsPerRun => Provider == ComputeProvider.Cpu ? CpuPixelsPerRun : AcceleratorPixelsPerRun;

    /// <summary>Samples of sound that one run should hold on this kind of target: 64,000 on a processor, 4,096,000 on an accelerator.</summary>
    public int SamplesPerRun => Provider == ComputeProvider.Cpu ? CpuSamplesPerRun : AcceleratorSamplesPerRun;

    /// <summary>An NVIDIA GPU through CUDA.</summary>
    /// <param name="deviceId">The GPU; 0 is the first.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="deviceId"/> is negative.</exception>
    public static ComputeTarget Cuda(int deviceId = 0) => new(ComputeProvider.Cuda, deviceId);

    /// <summary>An NVIDIA GPU through TensorRT, with CUDA for what TensorRT does not take.</summary>
    /// <inheritdoc cref="Cuda(int)" path="/param|/exception"/>
    public static ComputeTarget TensorRt(int deviceId = 0) => new(ComputeProvider.TensorRt, deviceId);

    /// <summary>A GPU through DirectML (Windows).</summary>
    /// <inheritdoc cref="Cuda(int)" path="/param|/exception"/>
    public static ComputeTarget DirectMl(int deviceId = 0) => new(ComputeProvider.DirectMl, deviceId);

    /// <summary>The same target, but with the processor in its place, and a warning, where it is not available.</summary>
    public ComputeTarget WithFallback() => this with { FallsBackToCpu = true };

    /// <summary>The same target without permission to fall back.</summary>
    internal ComputeTarget WithoutFallback() => this with { FallsBackToCpu = false };

    /// <summary>Reads what <see cref="ToString"/> writes, such as "cpu", "cuda:1" or "directml:0+fallback".</summary>
    /// <exception cref="FormatException">It is not such a text.</exception>
    public static ComputeTarget Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        const string fallback = "+fallback";
        bool falls = text.EndsWith(fallback, StringComparison.OrdinalIgnoreCase);
        string[] parts = (falls ? text[..^fallback.Length] : text).Split(':');
        bool knowsProvider = Enum.TryParse(parts[0], ignoreCase: true, out ComputeProvider provider) && Enum.IsDefined(provider) && !char.IsAsciiDigit(parts[0][0]);
        int device = 0;
        if (!knowsProvider || parts.Length > 2 || (parts.Length == 2 && (!int.TryParse(parts[1], out device) || device < 0)))
        {
            throw new FormatException($"'{text}' is no compute target. Expected one of {string.Join(", ", Enum.GetNames<ComputeProvider>().Select(n => n.ToLowerInvariant()))}, " +
                "with a device number after a colon where there are several, such as 'cuda:0'.");
        }
        return new ComputeTarget(provider, device) { FallsBackToCpu = falls };
    }

    /// <summary>A short text that <see cref="Parse(string)"/> reads, such as "cpu" or "cuda:0".</summary>
    public override string ToString()
    {
        string name = Provider.ToString().ToLowerInvariant();
        bool several = Provider is ComputeProvider.Cuda or ComputeProvider.TensorRt or ComputeProvider.DirectMl;
        return (several ? $"{name}:{DeviceId}" : name) + (FallsBackToCpu ? "+fallback" : "");
    }
}
