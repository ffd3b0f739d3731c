namespace MLTransfer.Onnx;

/// <summary>An execution provider of ONNX Runtime. Names are written into saved models.</summary>
public enum ComputeProvider
{
    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>NVIDIA CUDA.</summary>
    Cuda,

    /// <summary>NVIDIA TensorRT.</summary>
    TensorRt,

    /// <summary>DirectML.</summary>
    DirectMl,

    /// <summary>WebGPU.</summary>
    WebGpu,

    /// <summary>Apple CoreML.</summary>
    CoreMl,

    /// <summary>Intel OpenVINO.</summary>
    OpenVino,

    /// <summary>The best that is there.</summary>
    Auto,
}
