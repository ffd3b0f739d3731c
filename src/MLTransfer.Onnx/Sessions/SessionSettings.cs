using Microsoft.ML.OnnxRuntime;

namespace MLTransfer.Onnx.Sessions;

/// <summary>What a session is made with. Equal settings over equal graphs share a session.</summary>
internal sealed record SessionSettings
{
    /// <summary>Where it runs. Default: the processor.</summary>
    public ComputeTarget Target { get; init; } = ComputeTarget.Cpu;

    /// <summary>Threads of one operator. Default: ONNX Runtime's, one for each core.</summary>
    public int? IntraOpThreadCount
    {
        get;
        init
        {
            if (value is int count)
                ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(IntraOpThreadCount));
            field = value;
        }
    }

    /// <summary>How far ONNX Runtime rewrites the graph before it runs. Less is for sessions that only tell shapes.</summary>
    public GraphOptimizationLevel Optimization { get; init; } = GraphOptimizationLevel.ORT_ENABLE_ALL;

    /// <summary>From which severity on ONNX Runtime writes to the error stream. Default: errors, which it throws as well.</summary>
    public OrtLoggingLevel LogLevel { get; init; } = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
}
