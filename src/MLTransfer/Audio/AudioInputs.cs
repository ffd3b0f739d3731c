using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MLTransfer.Embedding;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Audio;

/// <summary>The inputs of an audio graph on one worker: the clip's window, the states, the constants and the masks, in this order.</summary>
internal sealed class AudioInputs : PackInputs
{
    private readonly AudioEncoder _encoder;
    private readonly AudioStep _step;
    private readonly bool _isAlone;
    private readonly RealBuffer _clip;
    private readonly RealBuffer[] _states;
    private readonly WholeNumbers[] _constants;
    private readonly WholeNumbers[] _masks;
    private readonly string[] _stateOutputs;

    public AudioInputs(AudioEncoder encoder, AudioStep step, bool isAlone)
    {
        _encoder = encoder;
        _step = step;
        _isAlone = isAlone;
        _clip = new RealBuffer(TypeOf(step.Clip.Port));
        _states = [.. step.States.Select(s => new RealBuffer(TypeOf(s.Port)))];
        _constants = [.. step.Constants.Select(c => new WholeNumbers(c.Port.ElementType))];
        _masks = [.. step.Masks.Select(m => new WholeNumbers(m.ElementType))];
        _stateOutputs = [.. step.States.Select(s => s.Output)];
    }

    public override IReadOnlyList<string> StateOutputs => _stateOutputs;

    public override int StepCount(int longest) => _states.Length == 0 ? 1 : longest / _step.Clip.WindowSamples!.Value;

    public override void Fill(ReadOnlySpan<Piece> pieces, int longest, OrtValue[] inputs)
    {
        int length = _states.Length == 0 ? longest : _step.Clip.WindowSamples!.Value;
        FillClip(pieces, step: 0, length, inputs);
        int next = 1;
        for (int i = 0; i < _states.Length; i++)
        {
            long[] shape = _step.States[i].Shape(pieces.Length);
            _states[i].Resize((int)shape.Aggregate(1L, (product, size) => product * size));
            _states[i].Span.Clear();
            inputs[next++] = _states[i].AsInput(shape);
        }
        FillConstants(pieces.Length, length, inputs, next);
    }

    public override void FillNext(ReadOnlySpan<Piece> pieces, int step, IEnumerable<OrtValue> states, OrtValue[] inputs)
    {
        int length = _step.Clip.WindowSamples!.Value;
        FillClip(pieces, step, length, inputs);
        int state = 0;
        foreach (OrtValue carried in states)
        {
            _states[state].CopyFrom(carried);
            inputs[1 + state] = _states[state].AsInput(_step.States[state].Shape(pieces.Length));
            state++;
        }
        FillConstants(pieces.Length, length, inputs, 1 + state);
    }

    private static TensorElementType TypeOf(OnnxValue port) => port.ElementType switch
    {
        OnnxElementType.Float16 => TensorElementType.Float16,
        OnnxElementType.BFloat16 => TensorElementType.BFloat16,
        _ => TensorElementType.Float,
    };

    private void FillClip(ReadOnlySpan<Piece> pieces, int step, int length, OrtValue[] inputs)
    {
        int inputLength = _encoder.InputLength(length);
        int size = inputLength * _encoder.Width;
        _clip.Resize(checked(pieces.Length * size));
        if (_isAlone && pieces.Length > 1 && _step.Clip.FrameAxis >= 0)
        {
            Piece[] all = pieces.ToArray();
            PackScheduler.InParallel(all.Length, i => _encoder.Write(all[i].Slot, all[i].Number + step, length, _clip.Span.Slice(i * size, size)));
        }
        else
        {
            for (int i = 0; i < pieces.Length; i++)
                _encoder.Write(pieces[i].Slot, pieces[i].Number + step, length, _clip.Span.Slice(i * size, size));
        }
        inputs[0] = _clip.AsInput(_step.Clip.Shape(pieces.Length, inputLength));
    }

    private void FillConstants(int rows, int length, OrtValue[] inputs, int next)
    {
        ImmutableArray<(OnnxValue Port, long Value)> constants = _step.Constants;
        for (int i = 0; i < _constants.Length; i++)
            inputs[next++] = _constants[i].Fill(constants[i].Value, [.. constants[i].Port.Dimensions.Select(d => d.Value ?? rows)]);
        foreach (WholeNumbers mask in _masks)
            inputs[next++] = mask.Fill(1, [rows, length + _step.Settings.ContextSamples]);
    }
}
