using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Onnx.Internal;

internal static partial class Throw
{
    public static Exception NativeLibraryMissing(Exception inner) => new DllNotFoundException(
        $"The native ONNX Runtime was not found for {RuntimeInformation.RuntimeIdentifier}: {inner.Message} " +
        "Reference one of the packages MLTransfer.Cpu, MLTransfer.Gpu or Microsoft.ML.OnnxRuntime in the program that runs.", inner);

    public static Exception ProviderAbsent(ComputeTarget target) => new PlatformNotSupportedException(
        $"Compute target '{target}' needs {ExecutionProviders.NameOf(target.Provider)}, but {LoadedRuntime()}. {Remedy(target)}");

    public static Exception ProviderUnproven(ComputeTarget target, Exception inner) => new PlatformNotSupportedException(
        $"Compute target '{target}' failed its proof, a small graph run on it: {inner.Message} Loaded is: {LoadedRuntime()}. " +
        $"Check the device number, the driver and the libraries of {target.Provider}, or ask for another target.", inner);

    public static Exception SessionRefused(string model, ComputeTarget target, Exception inner) => new InvalidDataException(
        $"ONNX Runtime {NativeRuntime.Version} refuses the graph '{model}' on '{target}': {inner.Message}", inner);

    public static Exception RunFailed(string model, ComputeTarget target, string[] names, OrtValue[] inputs, Exception inner) => new InvalidOperationException(
        $"The graph '{model}' failed while it ran on '{target}' over {string.Join(", ", names.Zip(inputs, (n, i) => $"'{n}' {Shape(i.GetTensorTypeAndShape().Shape)}"))}: " +
        inner.Message, inner);

    public static Exception BoundRunFailed(string model, ComputeTarget target, int rows, Exception inner) => new InvalidOperationException(
        $"The graph '{model}' failed while it ran on '{target}' over {rows} rows: {inner.Message}", inner);

    public static Exception ShapeMismatch(TensorPort port, ReadOnlySpan<long> shape) => new ArgumentException(
        $"The graph declares {port}, but a tensor of shape {Shape(shape)} was given for it.");

    public static Exception SymbolMismatch(TensorPort port, ReadOnlySpan<long> shape, string symbol, long known) => new ArgumentException(
        $"The graph declares {port}, and its axis '{symbol}' has size {known} in another input, but a tensor of shape {Shape(shape)} was given. " +
        "Axes of one name must have one size.");

    public static Exception NotReal(Microsoft.ML.OnnxRuntime.Tensors.TensorElementType found) => new NotSupportedException(
        $"The graph delivers numbers of type {found}; expected Float, Float16 or BFloat16. Add a Cast to Float behind that output, or choose another one.");

    private static string Shape(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";

    private static string LoadedRuntime() =>
        $"the loaded native ONNX Runtime {NativeRuntime.Version} ({NativeRuntime.FilePath ?? "file unknown"}) has {string.Join(", ", NativeRuntime.Providers)}";

    private static string Remedy(ComputeTarget target) => (target.Provider switch
    {
        ComputeProvider.Cuda or ComputeProvider.TensorRt => "Reference MLTransfer.Gpu instead of MLTransfer.Cpu",
        ComputeProvider.DirectMl => "Reference Microsoft.ML.OnnxRuntime.DirectML instead of MLTransfer.Cpu",
        _ => $"Reference a build of ONNX Runtime with {target.Provider} instead of MLTransfer.Cpu",
    }) + ", ask for ComputeTarget.Cpu, or allow the processor with WithFallback().";
}
