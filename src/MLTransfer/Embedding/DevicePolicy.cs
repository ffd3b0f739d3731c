using Microsoft.ML.Runtime;
using MLTransfer.Onnx;
using MLTransfer.Schema;

namespace MLTransfer.Embedding;

/// <summary>Where a step runs that was not told: what the MLContext says.</summary>
internal static class DevicePolicy
{
    public static ComputeTarget Of(IHostEnvironment env)
    {
        (int? gpuDeviceId, bool fallbackToCpu) = MlNetInternals.GetDevice(env);
        if (gpuDeviceId is not int device)
            return ComputeTarget.Cpu;
        return fallbackToCpu ? ComputeTarget.Cuda(device).WithFallback() : ComputeTarget.Cuda(device);
    }
}
