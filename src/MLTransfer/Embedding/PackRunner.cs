using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Embedding;

/// <summary>Receives what a run delivered, one row of values for each piece. The values are valid only during the call.</summary>
internal delegate void PackResult(ReadOnlySpan<Piece> pieces, long[] shape, ReadOnlySpan<float> values);

/// <summary>Runs packs on one worker: fills its inputs, sizes its output by what the graph's axes promise, runs, and hands the values on. Not thread-safe.</summary>
internal sealed class PackRunner
{
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly TensorPort[] _inputPorts;
    private readonly TensorPort _output;
    private readonly PackInputs _inputs;
    private readonly OrtValue[] _inputTensors;
    private readonly OrtValue[] _outputTensors = new OrtValue[1];
    private readonly RealBuffer _values;
    private readonly RealBuffer _step;
    private readonly SymbolTable _symbols = new();
    private readonly int? _fixedBatch;
    private Piece[] _pieces = [];
    private int _count;
    private int _longest;

    /// <param name="session">The session whose ports are meant; equal sessions have equal ports.</param>
    /// <param name="inputNames">The graph's inputs, in the order in which <paramref name="inputs"/> fills them.</param>
    /// <param name="outputName">The feature output.</param>
    /// <param name="inputs">This worker's inputs.</param>
    /// <param name="fixedBatch">The pieces that every run must have; null where the batch axis is open.</param>
    public PackRunner(OnnxSession session, string[] inputNames, string outputName, PackInputs inputs, int? fixedBatch)
    {
        _inputNames = inputNames;
        _outputNames = [outputName, .. inputs.StateOutputs];
        _inputPorts = [.. inputNames.Select(name => session.Inputs.First(i => i.Name == name))];
        _output = session.Outputs.First(o => o.Name == outputName);
        _values = new RealBuffer(_output.ElementType);
        _step = new RealBuffer(_output.ElementType);
        _inputs = inputs;
        _inputTensors = new OrtValue[inputNames.Length];
        _fixedBatch = fixedBatch;
    }

    /// <summary>Writes the inputs of a pack, which <see cref="Run"/> then runs.</summary>
    public void Fill(ReadOnlySpan<Piece> pieces, int longest)
    {
        _count = pieces.Length;
        _longest = longest;
        // A graph that wants more pieces than there are gets the last one again; what it says of those is dropped.
        _pieces = new Piece[Math.Max(_count, _fixedBatch ?? 0)];
        pieces.CopyTo(_pieces);
        _pieces.AsSpan(_count).Fill(pieces[^1]);
        DisposeInputs();
        try
        {
            _inputs.Fill(_pieces, longest, _inputTensors);
        }
        catch
        {
            DisposeInputs();
            throw;
        }
    }

    /// <summary>Runs the pack that <see cref="Fill"/> wrote.</summary>
    public void Run(OnnxSession session, PackResult result)
    {
        try
        {
            if (_outputNames.Length > 1 || _inputs.StepCount(_longest) > 1)
                RunSteps(session, result);
            else
                RunOnce(session, result);
        }
        finally
        {
            DisposeInputs();
        }
    }

    private void RunOnce(OnnxSession session, PackResult result)
    {
        _symbols.Clear();
        for (int i = 0; i < _inputTensors.Length; i++)
            _symbols.Bind(_inputPorts[i], _inputTensors[i].GetTensorTypeAndShape().Shape);
        long[]? promised = _symbols.Resolve(_output);
        if (promised is not null && session.KeepsPromise(_output.Name) == true)
        {
            _values.Resize(checked((int)TensorPrimitives.Product<long>(promised)));
            using OrtValue output = _values.AsOutput(promised);
            _outputTensors[0] = output;
            session.Run(_inputNames, _inputTensors, _outputNames, _outputTensors, _count);
            _values.ReadBack();
            Deliver(promised, result);
            return;
        }
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.RunAllocating(_inputNames, _inputTensors, _outputNames, _count);
        long[] delivered = outputs[0].GetTensorTypeAndShape().Shape;
        // One piece of one token cannot tell a right promise from a wrong one.
        if (promised is not null && _longest > 1)
            session.RecordPromise(_output.Name, delivered.AsSpan().SequenceEqual(promised));
        _values.CopyFrom(outputs[0]);
        Deliver(delivered, result);
    }

    /// <summary>Step after step, each with the states of the one before; the steps of a piece become its sequence.</summary>
    private void RunSteps(OnnxSession session, PackResult result)
    {
        int steps = _inputs.StepCount(_longest);
        long[] shape = [];
        for (int step = 0; step < steps; step++)
        {
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.RunAllocating(_inputNames, _inputTensors, _outputNames, step == 0 ? _count : 0);
            _step.CopyFrom(outputs[0]);
            shape = outputs[0].GetTensorTypeAndShape().Shape;
            int rowSize = _step.Span.Length / _pieces.Length;
            if (step == 0)
                _values.Resize(checked(_pieces.Length * steps * rowSize));
            for (int piece = 0; piece < _pieces.Length; piece++)
                _step.Span.Slice(piece * rowSize, rowSize).CopyTo(_values.Span[((piece * steps + step) * rowSize)..]);
            if (step + 1 == steps)
                break;
            DisposeInputs();
            _inputs.FillNext(_pieces, step + 1, outputs.Skip(1), _inputTensors);
        }
        // [n, D] at each step is a sequence of steps; [n, t, D] one of steps × t.
        Deliver(shape.Length == 2 ? [shape[0], steps, shape[1]] : [shape[0], steps * shape[1], .. shape[2..]], result);
    }

    private void Deliver(long[] shape, PackResult result)
    {
        ReadOnlySpan<float> values = _values.Span;
        if (_pieces.Length > _count && shape.Length > 0 && shape[0] == _pieces.Length)
        {
            values = values[..(values.Length / _pieces.Length * _count)];
            shape[0] = _count;
        }
        result(_pieces.AsSpan(0, _count), shape, values);
    }

    private void DisposeInputs()
    {
        foreach (OrtValue? input in _inputTensors)
            input?.Dispose();
        Array.Clear(_inputTensors);
    }
}
