using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Backbones;
using MLTransfer.Onnx;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Cli.Diagnosis;

/// <summary>Examines the machine. Providers are not believed: each one that is compiled in must run a graph and give the right numbers.</summary>
internal static class MachineDoctor
{
    public static MachineReport Examine()
    {
        NativeReport native = new(NativeRuntime.Version, NativeRuntime.FilePath, NativeRuntime.Providers);
        string cache = BackboneFiles.CacheFolder();
        return new MachineReport(
            typeof(MachineDoctor).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
            RuntimeInformation.FrameworkDescription,
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}",
            Environment.ProcessorCount,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            native,
            [.. Targets(native).Select(Prove)],
            Folder(cache),
            [.. BackboneFiles.ModelFolders().Select(Folder)]);
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
        catch (Exception e) when (e is PlatformNotSupportedException or InvalidOperationException or NotSupportedException or OnnxRuntimeException)
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

    private static FolderReport Folder(string path) => Directory.Exists(path)
        ? new FolderReport(path, true, [.. Directory.EnumerateDirectories(path).Where(HoldsGraph).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)])
        : new FolderReport(path, false, []);

    private static bool HoldsGraph(string folder) =>
        Directory.EnumerateFiles(folder, "*.onnx").Any()
        || (Directory.Exists(Path.Combine(folder, "onnx")) && Directory.EnumerateFiles(Path.Combine(folder, "onnx"), "*.onnx").Any());
}
