using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Embedding;

/// <summary>Receives what a run delivered. The values are valid only during the call.</summary>
internal delegate void PackResult(ReadOnlySpan<int> slots, long[] shape, ReadOnlySpan<float> values);

/// <summary>Runs packs on one worker: fills its inputs, sizes its output by what the graph's axes promise, runs, and hands the values on. Not thread-safe.</summary>
internal sealed class PackRunner
{
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly TensorPort[] _inputPorts;
    private readonly TensorPort _output;
    private readonly PackInputs _pack;
    private readonly OrtValue[] _inputs;
    private readonly OrtValue[] _outputs = new OrtValue[1];
    private readonly PinnedBuffer<float> _outputBuffer = new();
    private readonly SymbolTable _symbols = new();

    /// <param name="session">The session whose ports are meant; equal sessions have equal ports.</param>
    /// <param name="inputNames">The graph's inputs, in the order in which <paramref name="pack"/> fills them.</param>
    /// <param name="outputName">The feature output.</param>
    /// <param name="pack">This worker's inputs.</param>
    public PackRunner(OnnxSession session, string[] inputNames, string outputName, PackInputs pack)
    {
        _inputNames = inputNames;
        _outputNames = [outputName];
        _inputPorts = [.. inputNames.Select(name => session.Inputs.First(i => i.Name == name))];
        _output = session.Outputs.First(o => o.Name == outputName);
        _pack = pack;
        _inputs = new OrtValue[inputNames.Length];
    }

    public void Run(OnnxSession session, ReadOnlySpan<int> slots, int longest, PackResult result)
    {
        try
        {
            _pack.Fill(slots, longest, _inputs);
            _symbols.Clear();
            for (int i = 0; i < _inputs.Length; i++)
                _symbols.Bind(_inputPorts[i], _inputs[i].GetTensorTypeAndShape().Shape);
            long[]? promised = _symbols.Resolve(_output);
            if (promised is not null && session.KeepsPromise(_output.Name) == true)
            {
                _outputBuffer.Resize(checked((int)TensorPrimitives.Product<long>(promised)));
                using OrtValue output = _outputBuffer.AsTensor(promised);
                _outputs[0] = output;
                session.Run(_inputNames, _inputs, _outputNames, _outputs, slots.Length);
                result(slots, promised, _outputBuffer.Span);
                return;
            }
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.RunAllocating(_inputNames, _inputs, _outputNames, slots.Length);
            long[] delivered = outputs[0].GetTensorTypeAndShape().Shape;
            // One row of one token cannot tell a right promise from a wrong one.
            if (promised is not null && longest > 1)
                session.RecordPromise(_output.Name, delivered.AsSpan().SequenceEqual(promised));
            result(slots, delivered, outputs[0].GetTensorDataAsSpan<float>());
        }
        finally
        {
            foreach (OrtValue? input in _inputs)
                input?.Dispose();
            Array.Clear(_inputs);
        }
    }
}
