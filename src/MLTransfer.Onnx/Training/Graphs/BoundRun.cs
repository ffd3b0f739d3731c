using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>
/// One worker's run over a training graph: its inputs are written for some rows, parameters are read where they lie, gradients and losses are written where they are wanted. Nothing is
/// copied, and no output lies over an input. Not thread-safe.
/// </summary>
internal sealed unsafe class BoundRun : IDisposable
{
    private readonly OnnxSession _session;
    private readonly OrtIoBinding _binding;
    private readonly TrainingGraph _graph;
    private readonly RowTensor[] _tensors;
    private readonly string[] _inputNames;
    private readonly OrtValue?[] _bound;
    private readonly RowTensor _targets;
    private readonly StableBuffer<float> _weights = new();
    private readonly float[] _loss = GC.AllocateArray<float>(1, pinned: true);
    private readonly OrtValue _lossTensor;
    private readonly List<OrtValue> _parameters = [];
    private readonly List<OrtValue> _gradients = [];
    private OrtValue? _weightTensor;
    private long[] _weightShape = [0, 1];
    private OrtValue? _boundTargets;
    private IntPtr _parametersAt;
    private IntPtr _gradientAt;

    public BoundRun(OnnxSession session, TrainingGraph graph, IEnumerable<IRowSource> sources, IRowSource targets)
    {
        _session = session;
        _graph = graph;
        _binding = session.CreateBinding();
        HashSet<string> read = [.. session.Inputs.Select(i => i.Name)];
        IRowSource[] used = [.. sources.Where(s => read.Contains(s.InputName))];
        _inputNames = [.. used.Select(s => s.InputName)];
        _tensors = [.. used.Select(s => s.CreateTensor())];
        _bound = new OrtValue?[used.Length];
        _targets = targets.CreateTensor();
        _lossTensor = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _loss.AsMemory(), []);
        _binding.BindOutput(graph.Loss, _lossTensor);
    }

    /// <summary>L of the last run.</summary>
    public float Loss => _loss[0];

    /// <summary>Reads the parameters from pinned memory of this layout, from now on.</summary>
    public void BindParameters(ReadOnlySpan<float> parameters, ParameterLayout layout)
    {
        fixed (float* address = parameters)
        {
            if (_parametersAt == (IntPtr)address)
                return;
            _parametersAt = (IntPtr)address;
            Bind(_parameters, layout, address, _graph.Parameters, (name, tensor) => _binding.BindInput(name, tensor));
        }
    }

    /// <summary>Writes the gradients to pinned memory of this layout, from now on. What stands there is overwritten; gaps are left.</summary>
    public void BindGradient(Span<float> gradient, ParameterLayout layout)
    {
        fixed (float* address = gradient)
        {
            if (_gradientAt == (IntPtr)address)
                return;
            _gradientAt = (IntPtr)address;
            Bind(_gradients, layout, address, _graph.GradientNames, (name, tensor) => _binding.BindOutput(name, tensor));
        }
    }

    /// <summary>Writes the prediction to a tensor in this run.</summary>
    public void BindPrediction(OrtValue prediction) => _binding.BindOutput(_graph.Prediction, prediction);

    /// <summary>Runs.</summary>
    /// <param name="rows">Row indices.</param>
    /// <param name="data">The rows' lengths and weights.</param>
    /// <param name="step">Where in the training this is; weights are divided by its total.</param>
    public void Run(ReadOnlySpan<int> rows, TrainingData data, in StepInfo step)
    {
        int longest = 1;
        bool isSame = _weights.Resize(rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            longest = Math.Max(longest, data.LengthOf(rows[i]));
            _weights.Span[i] = (float)(data.Weights[rows[i]] / step.TotalWeight);
        }
        if (!isSame || _weightShape[0] != rows.Length)
        {
            _weightTensor?.Dispose();
            _weightShape = [rows.Length, 1];
            _weightTensor = _weights.AsTensor(_weightShape);
            _binding.BindInput(_graph.Weight, _weightTensor);
        }
        OrtValue targets = _targets.Fill(rows, longest, step);
        if (!ReferenceEquals(targets, _boundTargets))
            _binding.BindInput(_graph.Target, _boundTargets = targets);
        for (int i = 0; i < _tensors.Length; i++)
        {
            OrtValue tensor = _tensors[i].Fill(rows, longest, step);
            if (!ReferenceEquals(tensor, _bound[i]))
                _binding.BindInput(_inputNames[i], _bound[i] = tensor);
        }
        _session.Run(_binding, rows.Length);
    }

    public void Dispose()
    {
        _binding.Dispose();
        _targets.Dispose();
        _lossTensor.Dispose();
        _weightTensor?.Dispose();
        foreach (RowTensor tensor in _tensors)
            tensor.Dispose();
        foreach (OrtValue tensor in _parameters.Concat(_gradients))
            tensor.Dispose();
    }

    private static void Bind(List<OrtValue> tensors, ParameterLayout layout, float* address, IReadOnlyList<string> names, Action<string, OrtValue> bind)
    {
        OrtValue[] before = [.. tensors];
        tensors.Clear();
        for (int i = 0; i < names.Count; i++)
        {
            TrainedTensor place = layout.Tensors[i];
            OrtValue tensor = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.Float, [.. place.Shape],
                (IntPtr)(address + place.Offset), (long)place.Count * sizeof(float));
            tensors.Add(tensor);
            bind(names[i], tensor);
        }
        foreach (OrtValue tensor in before)
            tensor.Dispose();
    }
}
