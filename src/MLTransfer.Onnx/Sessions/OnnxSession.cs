using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Sessions;

/// <summary>A graph ready to run. Thread-safe: any number of threads may run it at once, each with its own tensors. The pool that made it disposes it.</summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly ConcurrentDictionary<string, bool> _sizedOutputs = new(StringComparer.Ordinal);
    private readonly string _name;
    private long _rowCount;
    private long _runCount;

    private OnnxSession(InferenceSession session, string name, ComputeTarget target, int? intraOpThreadCount)
    {
        WorkerCount = target.Provider == ComputeProvider.Cpu && intraOpThreadCount == 1 ? Environment.ProcessorCount : 1;
        _session = session;
        _name = name;
        Target = target;
        Inputs = [.. session.InputMetadata.Where(i => i.Value.IsTensor).Select(i => TensorPort.Of(i.Key, i.Value))];
        Outputs = [.. session.OutputMetadata.Where(o => o.Value.IsTensor).Select(o => TensorPort.Of(o.Key, o.Value))];
    }

    /// <summary>Inputs that are tensors.</summary>
    public ImmutableArray<TensorPort> Inputs { get; }

    /// <summary>Outputs that are tensors. Others (the lists of maps that converters of classifiers write) are never asked for.</summary>
    public ImmutableArray<TensorPort> Outputs { get; }

    /// <summary>Where it really runs: never <see cref="ComputeTarget.Auto"/>, and the processor after a fallback.</summary>
    public ComputeTarget Target { get; }

    /// <summary>Runs that should go on at a time: one for each core where a run has one thread of the processor, else one.</summary>
    public int WorkerCount { get; }

    /// <summary>The execution provider it really runs on, such as "CPUExecutionProvider".</summary>
    public string ActiveProvider => ExecutionProviders.NameOf(Target.Provider);

    /// <summary>Rows run since it was made.</summary>
    public long RowCount => Interlocked.Read(ref _rowCount);

    /// <summary>Runs since it was made.</summary>
    public long RunCount => Interlocked.Read(ref _runCount);

    public static OnnxSession Create(ModelSource source, SessionSettings settings, Action<string>? warn)
    {
        source.CheckUnchanged();
        ComputeTarget target = ExecutionProviders.Resolve(settings.Target, warn);
        using SessionOptions options = ExecutionProviders.Options(target);
        // Memory patterns are planned and kept for each input shape; with open axes that is a leak in all but name.
        options.EnableMemoryPattern = false;
        options.LogSeverityLevel = settings.LogLevel;
        // Else ONNX Runtime looks for "ORTM" at the fifth byte, and a file that is an ONNX model to the guard could be another one, of its own format, to it.
        options.AddSessionConfigEntry("session.load_model_format", "ONNX");
        if (settings.IntraOpThreadCount is int threads)
            options.IntraOpNumThreads = threads;
        options.GraphOptimizationLevel = settings.Optimization;
        // A model from memory has no folder of its own to find its external data in.
        if (source is { FilePath: null, Folder: string folder, ExternalFiles.Count: > 0 })
            options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", folder);
        try
        {
            InferenceSession session = source.FilePath is string path
                ? new InferenceSession(path, options) : new InferenceSession(Bytes(source), options);
            return new OnnxSession(session, source.Name, target, settings.IntraOpThreadCount);
        }
        catch (OnnxRuntimeException e)
        {
            throw Throw.SessionRefused(source.FilePath ?? source.Name, target, e);
        }
    }

    /// <summary>Runs into tensors that the caller made.</summary>
    /// <param name="inputNames">Names, in the order of <paramref name="inputs"/>.</param>
    /// <param name="inputs">Tensors; still the caller's.</param>
    /// <param name="outputNames">Names, in the order of <paramref name="outputs"/>.</param>
    /// <param name="outputs">Tensors of the right shapes, none over the memory of an input.</param>
    /// <param name="rows">Rows in this run, for the counter.</param>
    public void Run(string[] inputNames, OrtValue[] inputs, string[] outputNames, OrtValue[] outputs, int rows)
    {
        Count(rows);
        try
        {
            _session.Run(_runOptions, inputNames, inputs, outputNames, outputs);
        }
        catch (OnnxRuntimeException e)
        {
            throw Throw.RunFailed(_name, Target, inputNames, inputs, e);
        }
    }

    /// <summary>Runs and lets ONNX Runtime make the outputs. The caller disposes them.</summary>
    /// <inheritdoc cref="Run(string[], OrtValue[], string[], OrtValue[], int)"/>
    public IDisposableReadOnlyCollection<OrtValue> RunAllocating(string[] inputNames, OrtValue[] inputs, string[] outputNames, int rows)
    {
        Count(rows);
        try
        {
            return _session.Run(_runOptions, inputNames, inputs, outputNames);
        }
        catch (OnnxRuntimeException e)
        {
            throw Throw.RunFailed(_name, Target, inputNames, inputs, e);
        }
    }

    /// <summary>
    /// Inputs and outputs that stay bound from run to run, for loops in which nothing may be allocated. Each thread has its own; the caller disposes it.
    /// </summary>
    public OrtIoBinding CreateBinding() => _session.CreateIoBinding();

    /// <summary>Runs over what is bound.</summary>
    /// <param name="binding">Made by <see cref="CreateBinding"/> of this session.</param>
    /// <param name="rows">Rows in this run, for the counter.</param>
    public void Run(OrtIoBinding binding, int rows)
    {
        Count(rows);
        try
        {
            _session.RunWithBinding(_runOptions, binding);
        }
        catch (OnnxRuntimeException e)
        {
            throw Throw.BoundRunFailed(_name, Target, rows, e);
        }
    }

    /// <summary>
    /// Whether the shape that symbols promise for an output is to be relied on: null before the first run, then what that run showed. Files exist whose output axes bear the
    /// name of an input axis of another size.
    /// </summary>
    public bool? KeepsPromise(string output) => _sizedOutputs.TryGetValue(output, out bool keeps) ? keeps : null;

    /// <summary>Records what a run showed; one broken promise is enough.</summary>
    public void RecordPromise(string output, bool kept) => _sizedOutputs.AddOrUpdate(output, kept, (_, before) => before && kept);

    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
    }

    // The source was made from an array, so this copies nothing.
    private static byte[] Bytes(ModelSource source) =>
        MemoryMarshal.TryGetArray(source.Bytes!.Value, out ArraySegment<byte> array) && array.Count == array.Array!.Length ? array.Array : source.Bytes.Value.ToArray();

    private void Count(int rows)
    {
        Debug.Assert(rows >= 0, "Later steps of a recurrent graph run the rows of the first.");
        Interlocked.Add(ref _rowCount, rows);
        Interlocked.Increment(ref _runCount);
    }
}
