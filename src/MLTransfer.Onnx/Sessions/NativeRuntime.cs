using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Sessions;

/// <summary>
/// The native ONNX Runtime of this process: whether it is there, its version, its file, the providers compiled into it. Everything of ours that uses ONNX Runtime asks
/// here first, because its telemetry can be declined only before it starts.
/// </summary>
internal static partial class NativeRuntime
{
    // ONNX Runtime's own switch: set to 1 before its start, it makes no uploader, no device file and no event. Set to anything by the user, it stays as it is.
    private const string TelemetrySwitch = "ORT_DISABLE_TELEMETRY";

    private static readonly Lazy<OrtEnv> Started = new(Start);

    /// <summary>ONNX Runtime's names of the providers in the loaded build.</summary>
    /// <exception cref="DllNotFoundException">No native ONNX Runtime was found.</exception>
    public static ImmutableArray<string> Providers
    {
        get
        {
            try
            {
                return [.. Started.Value.GetAvailableProviders()];
            }
            catch (Exception e) when (Unwrap(e) is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
            {
                throw Throw.NativeLibraryMissing(Unwrap(e));
            }
        }
    }

    /// <summary>Its version, such as "1.31.1".</summary>
    public static string Version
    {
        get
        {
            _ = Providers;
            return Started.Value.GetVersionString();
        }
    }

    /// <summary>The file it was loaded from, or null where the system does not tell.</summary>
    public static string? FilePath
    {
        get
        {
            _ = Providers;
            using var process = Process.GetCurrentProcess();
            return process.Modules.Cast<ProcessModule>().Select(m => m.FileName)
                .FirstOrDefault(f => Path.GetFileNameWithoutExtension(f) is "onnxruntime" or "libonnxruntime");
        }
    }

    private static OrtEnv Start()
    {
        DeclineTelemetry();
        return OrtEnv.Instance();
    }

    private static void DeclineTelemetry()
    {
        if (Environment.GetEnvironmentVariable(TelemetrySwitch) is not null)
            return;
        Environment.SetEnvironmentVariable(TelemetrySwitch, "1");
        // Elsewhere than on Windows .NET changes a copy of its own, which native code does not see.
        if (!OperatingSystem.IsWindows())
            SetNativeVariable(TelemetrySwitch, "1", overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNativeVariable(string name, string value, int overwrite);

    private static Exception Unwrap(Exception e) => e is TypeInitializationException { InnerException: Exception inner } ? Unwrap(inner) : e;
}
