using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Sessions;

/// <summary>
/// Turns a <see cref="ComputeTarget"/> into session options, after proof: a provider that is compiled in may still lack its driver, and ONNX Runtime then quietly uses the
/// processor. The proof is a session over a small graph that is forbidden to touch the processor, and a run with the right result.
/// </summary>
internal static class ExecutionProviders
{
    private static readonly ComputeTarget[] AutoOrder = [ComputeTarget.Cuda(), ComputeTarget.DirectMl(), ComputeTarget.CoreMl, ComputeTarget.WebGpu];

    // A failed proof is kept too: a driver does not appear while a process runs, and a failing start takes seconds.
    private static readonly ConcurrentDictionary<ComputeTarget, Exception?> Proofs = [];

    /// <summary>ONNX Runtime's name of a provider.</summary>
    public static string NameOf(ComputeProvider provider) => provider switch
    {
        ComputeProvider.Cpu => "CPUExecutionProvider",
        ComputeProvider.Cuda => "CUDAExecutionProvider",
        ComputeProvider.TensorRt => "TensorrtExecutionProvider",
        ComputeProvider.DirectMl => "DmlExecutionProvider",
        ComputeProvider.WebGpu => "WebGpuExecutionProvider",
        ComputeProvider.CoreMl => "CoreMLExecutionProvider",
        ComputeProvider.OpenVino => "OpenVINOExecutionProvider",
        _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, "Auto is no provider: resolve it first."),
    };

    /// <summary>The target that will really be used.</summary>
    /// <exception cref="PlatformNotSupportedException">It is not available here and may not fall back.</exception>
    public static ComputeTarget Resolve(ComputeTarget asked, Action<string>? warn)
    {
        // Also fails with a helpful message where there is no native library at all.
        _ = NativeRuntime.Providers;
        if (asked.Provider == ComputeProvider.Auto)
            return AutoOrder.FirstOrDefault(t => Prove(t) is null) ?? ComputeTarget.Cpu;
        Exception? problem = Prove(asked.WithoutFallback());
        if (problem is null)
            return asked;
        if (!asked.FallsBackToCpu)
            throw problem;
        warn?.Invoke($"{problem.Message} The processor is used instead, as the target's fallback allows.");
        return ComputeTarget.Cpu;
    }

    /// <summary>Why a target cannot be used here, or null where its proof succeeded. The processor needs none.</summary>
    public static Exception? Prove(ComputeTarget target) =>
        target.Provider == ComputeProvider.Cpu ? null : Proofs.GetOrAdd(target, TryRun);

    public static SessionOptions Options(ComputeTarget target)
    {
        var options = new SessionOptions();
        try
        {
            Append(options, target);
            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    /// <summary>Runs the proof's graph on a target: 1 row of (1, 2) × ((3), (4)) must give 11.</summary>
    public static void RunProof(SessionOptions options)
    {
        var graph = new GraphBuilder("proof");
        string product = graph.Node("MatMul", [graph.Input("x", OnnxElementType.Float, 1, 2), graph.Initializer("w", [3f, 4f], 2, 1)], "y");
        graph.Output(product, OnnxElementType.Float, 1, 1);
        using var session = new InferenceSession(graph.ToBytes(), options);
        using OrtValue input = OrtValue.CreateTensorValueFromMemory([1f, 2f], [1, 2]);
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, ["x"], [input], ["y"]);
        float found = outputs[0].GetTensorDataAsSpan<float>()[0];
        if (found != 11f)
            throw new InvalidOperationException($"(1, 2) × (3, 4) came out as {found}.");
    }

    private static Exception? TryRun(ComputeTarget target)
    {
        if (!NativeRuntime.Providers.Contains(NameOf(target.Provider)))
            return Throw.ProviderAbsent(target);
        try
        {
            using SessionOptions options = Options(target);
            options.AddSessionConfigEntry("session.disable_cpu_ep_fallback", "1");
            options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
            RunProof(options);
            return null;
        }
        catch (Exception e) when (e is OnnxRuntimeException or DllNotFoundException or EntryPointNotFoundException or InvalidOperationException or NotSupportedException)
        {
            return Throw.ProviderUnproven(target, e);
        }
    }

    private static void Append(SessionOptions options, ComputeTarget target)
    {
        switch (target.Provider)
        {
            case ComputeProvider.Cpu:
                break;
            case ComputeProvider.Cuda:
                options.AppendExecutionProvider_CUDA(target.DeviceId);
                break;
            case ComputeProvider.TensorRt:
                options.AppendExecutionProvider_Tensorrt(target.DeviceId);
                options.AppendExecutionProvider_CUDA(target.DeviceId);
                break;
            case ComputeProvider.DirectMl:
                options.ExecutionMode = ExecutionMode.ORT_SEQUENTIAL;
                options.AppendExecutionProvider_DML(target.DeviceId);
                break;
            case ComputeProvider.WebGpu:
                options.AppendExecutionProvider("WebGPU", []);
                break;
            case ComputeProvider.CoreMl:
                options.AppendExecutionProvider("CoreML", []);
                break;
            case ComputeProvider.OpenVino:
                options.AppendExecutionProvider("OpenVINO", []);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(target), target, "Auto is no provider: resolve it first.");
        }
    }
}
