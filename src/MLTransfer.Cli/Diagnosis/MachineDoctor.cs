using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Backbones;
using MLTransfer.Onnx;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Cli.Diagnosis;

/// <summary>Examines the machine. Nothing is believed: each provider that is compiled in must run a graph and give the right numbers, each folder that is written to is written to.</summary>
internal static class MachineDoctor
{
    // What is wrong with the library stands where the library is told of, and is long.
    private const string NothingToRunOn = "There is no native ONNX Runtime to run it on.";

    /// <summary>Examines this machine.</summary>
    /// <param name="required">Targets to prove besides those whose provider is compiled in.</param>
    public static MachineReport Examine(IEnumerable<ComputeTarget> required)
    {
        NativeReport native = Native();
        return new MachineReport(
            typeof(MachineDoctor).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
            RuntimeInformation.FrameworkDescription,
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}",
            Environment.ProcessorCount,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            ContainerMemory.Limit(),
            native,
            [.. Targets(native).Union(required).Select(t => native.Problem is null ? Prove(t) : new TargetReport(t.ToString(), false, NothingToRunOn, 0))],
            native.Problem is null ? ProductProof.Run() : new ProductReport(false, NothingToRunOn, null, ProductProof.ExpectedCosine, 0),
            FolderCheck.Written(BackboneFiles.CacheFolder()),
            [.. BackboneFiles.ModelFolders().Select(f => IsCache(f) ? FolderCheck.Written(f) : FolderCheck.Read(f))],
            FolderCheck.Written(Path.GetTempPath()));
    }

    private static NativeReport Native()
    {
        try
        {
            string? path = NativeRuntime.FilePath;
            string[] libraries = path is null ? [] : [.. Directory.EnumerateFiles(Path.GetDirectoryName(path)!, "*onnxruntime_providers_*").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
            return new NativeReport(NativeRuntime.Version, path, NativeRuntime.Providers, libraries, null);
        }
        catch (DllNotFoundException e)
        {
            return new NativeReport(null, null, [], [], e.Message);
        }
    }

    private static IEnumerable<ComputeTarget> Targets(NativeReport native) => Enum.GetValues<ComputeProvider>()
        .Where(p => p != ComputeProvider.Auto && native.Providers.Contains(ExecutionProviders.NameOf(p)))
        .Select(p => ComputeTarget.Parse(p.ToString()));

    private static TargetReport Prove(ComputeTarget target)
    {
        try
        {
            using SessionLease lease = SessionPool.Shared.Rent(ProofGraph(), new SessionSettings { Target = target });
            // The first run plans and allocates; the second is what later runs cost.
            RunProof(lease.Session);
            long start = Stopwatch.GetTimestamp();
            RunProof(lease.Session);
            return new TargetReport(target.ToString(), true, null, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (Exception e) when (e is PlatformNotSupportedException or InvalidOperationException or InvalidDataException or NotSupportedException or DllNotFoundException or OnnxRuntimeException)
        {
            return new TargetReport(target.ToString(), false, e.Message, 0);
        }
    }

    /// <summary>relu(x · ((1, −1), (2, −2))) over rows of two numbers.</summary>
    private static ModelSource ProofGraph()
    {
        var builder = new GraphBuilder("doctor");
        builder.Input("x", OnnxElementType.Float, "rows", 2);
        builder.Initializer("w", [1f, -1f, 2f, -2f], 2, 2);
        builder.Node("MatMul", ["x", "w"], "product");
        builder.Node("Relu", ["product"], "y");
        builder.Output("y", OnnxElementType.Float, "rows", 2);
        return ModelSource.FromMemory(builder.ToBytes(), "the doctor's graph");
    }

    private static void RunProof(OnnxSession session)
    {
        float[] expected = [3, 0, 0, 3];
        using OrtValue input = OrtValue.CreateTensorValueFromMemory([1f, 1f, -1f, -1f], [2, 2]);
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.RunAllocating(["x"], [input], ["y"], rows: 2);
        float[] found = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        if (!found.AsSpan().SequenceEqual(expected))
            throw new InvalidOperationException($"A run expected to give ({string.Join(", ", expected)}) gave ({string.Join(", ", found)}).");
    }

    // The last folder that names are looked up in is ours to fill.
    private static bool IsCache(string folder) => folder == Path.Combine(BackboneFiles.CacheFolder(), "models");
}
