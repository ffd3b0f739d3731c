using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Embedding;
using MLTransfer.Features;
using MLTransfer.Onnx.Sessions;
using MLTransfer.Schema;

namespace MLTransfer.Heads.Network;

/// <summary>
/// Features to logits, a window of rows at a time. Every run has a multiple of <see cref="RowMultiple"/> rows, filled up with zeros: a matrix product is free to take another way for a single
/// row than for several, and vector code another for what is left over at the end, and either could change the last bits of a row with the number of its neighbours. ONNX Runtime 1.31 was
/// not seen to do so on a processor with AVX-512; nothing promises that others do not.
/// </summary>
internal sealed class HeadEncoder(string featureColumn, int featureCount, int outputCount, SessionHolder session) : WindowEncoder
{
    // The widest vectors hold 16 floats.
    private const int RowMultiple = 16;
    private const int RowsPerRun = 256;

    private static readonly string[] Inputs = [HeadNetwork.Features];
    private static readonly string[] Outputs = [HeadNetwork.Logits];

    private readonly PinnedBuffer<float> _input = new();
    private readonly PinnedBuffer<float> _output = new();
    private float[] _features = new float[featureCount];
    private float[] _logits = [];
    private VBuffer<float> _vector;
    private ValueGetter<VBuffer<float>>? _getter;

    public override void Bind(DataViewRow row) => _getter = row.GetGetter<VBuffer<float>>(row.Schema[featureColumn]);

    public override void Read(int slot)
    {
        int end = checked((slot + 1) * featureCount);
        if (end > _features.Length)
            Array.Resize(ref _features, Math.Max(end, 2 * _features.Length));
        _getter!(ref _vector);
        _vector.CopyTo(_features.AsSpan(slot * featureCount, featureCount));
    }

    public override void Encode(int count)
    {
        if (_logits.Length < count * outputCount)
            _logits = new float[count * outputCount];
        SessionLease lease = session.Take();
        try
        {
            for (int start = 0; start < count; start += RowsPerRun)
                Run(lease.Session, start, Math.Min(RowsPerRun, count - start));
        }
        finally
        {
            session.Return(lease);
        }
    }

    public override FeatureBlock Output(int slot, int output) => new(_logits.AsSpan(slot * outputCount, outputCount).ToArray());

    public override void Dispose() => session.Dispose();

    private void Run(OnnxSession session, int start, int count)
    {
        int rows = (count + RowMultiple - 1) / RowMultiple * RowMultiple;
        _input.Resize(rows * featureCount);
        _output.Resize(rows * outputCount);
        _features.AsSpan(start * featureCount, count * featureCount).CopyTo(_input.Span);
        _input.Span[(count * featureCount)..].Clear();
        using OrtValue features = _input.AsTensor([rows, featureCount]);
        using OrtValue logits = _output.AsTensor([rows, outputCount]);
        session.Run(Inputs, [features], Outputs, [logits], count);
        _output.Span[..(count * outputCount)].CopyTo(_logits.AsSpan(start * outputCount));
    }
}
