using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Sessions;

/// <summary>The native ONNX Runtime of this process: whether it is there, its version, its file, the providers compiled into it.</summary>
internal static class NativeRuntime
{
    /// <summary>ONNX Runtime's names of the providers in the loaded build.</summary>
    /// <exception cref="DllNotFoundException">No native ONNX Runtime was found.</exception>
    public static ImmutableArray<string> Providers
    {
        get
        {
            try
            {
                return [.. OrtEnv.Instance().GetAvailableProviders()];
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
            return OrtEnv.Instance().GetVersionString();
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

    private static Exception Unwrap(Exception e) => e is TypeInitializationException { InnerException: Exception inner } ? Unwrap(inner) : e;
}
