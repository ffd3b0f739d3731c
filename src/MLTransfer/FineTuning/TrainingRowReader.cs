using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MLTransfer.Embedding;
using MLTransfer.Heads;
using MLTransfer.Internal;
using MLTransfer.Onnx.Sessions;
using MLTransfer.Onnx.Training.Graphs;

namespace MLTransfer.FineTuning;

/// <summary>The rows that a backbone is trained on: for each input of the trained part its values, from one pass over the data in which the frozen prefix ran once for each row.</summary>
/// <param name="Parts">The inputs of the trained part.</param>
/// <param name="Lengths">The length of each row; empty where no axis besides that of the rows is open.</param>
/// <param name="EqualLengthsOnly">Whether only rows of one length may share a run.</param>
/// <param name="Weights">One for each row.</param>
/// <param name="UsableRows">Indices of the rows that could be read.</param>
/// <param name="SkippedCount">Rows left out because their label is missing.</param>
/// <param name="RowsPerView">How many rows the data has: row r is another view of row r modulo this.</param>
internal sealed record BackboneRows(RowPart[] Parts, int[] Lengths, bool EqualLengthsOnly, double[] Weights, int[] UsableRows, long SkippedCount, int RowsPerView) : IDisposable
{
    public void Dispose()
    {
        foreach (RowPart part in Parts)
            part.Dispose();
    }
}

/// <summary>Reads them.</summary>
internal sealed class TrainingRowReader
{
    private const int RowsPerWindow = 256;

    private readonly EmbeddingStep _step;
    private readonly OnnxSession? _prefix;
    private readonly string[] _borderNames;
    private readonly RowPart[] _parts;
    private readonly bool _hasForeignAxis;
    private readonly List<double> _weights = [];
    private readonly List<int> _lengths = [];
    private readonly List<int> _usable = [];
    private readonly List<long> _rowNumbers = [];
    private bool _equalLengthsOnly;
    private int _windowStart;

    private TrainingRowReader(EmbeddingStep step, PrefixSplit split, OnnxSession? prefix, long memory)
    {
        _step = step;
        _prefix = prefix;
        _borderNames = [.. split.Border.Select(b => b.Name)];
        var budget = new MemoryBudget(memory);
        _parts = [.. split.Trained.Graph.Inputs.Select(i => new RowPart(i, budget))];
        // An axis that is not as long as a row (tokens and one more): where padding lies in it nobody knows.
        HashSet<string?> symbols = [.. split.Entries.SelectMany(i => i.Dimensions).Select(d => d.Symbol)];
        _hasForeignAxis = split.Border.Any(b => b.Dimensions.Any(d => d.Symbol is not null && !symbols.Contains(d.Symbol)));
    }

    /// <summary>Reads all rows.</summary>
    /// <param name="step">How a row becomes the graph's inputs.</param>
    /// <param name="data">The training data.</param>
    /// <param name="labels">Takes the labels of all rows that have one.</param>
    /// <param name="options">Names of columns, and the memory for what is kept. Cancelling while rows are read is an error: there is nothing trained yet.</param>
    /// <param name="split">The trained part and the frozen prefix.</param>
    /// <param name="prefix">A session over the prefix; null where there is none.</param>
    /// <param name="views">Further steps that read all rows once more.</param>
    public static BackboneRows Read(
        EmbeddingStep step, IDataView data, LabelColumn labels, FineTuneOptions options, PrefixSplit split, OnnxSession? prefix, IReadOnlyList<EmbeddingStep> views)
    {
        var reader = new TrainingRowReader(step, split, prefix, options.PrefixMemory);
        try
        {
            string? labelColumn = labels.NeedsColumn ? options.LabelColumnName : null;
            long skipped = reader.Read(step, data, labels, labelColumn, options.WeightColumnName, options.Training.CancellationToken);
            int rowsPerView = reader._weights.Count;
            foreach (EmbeddingStep view in views)
                reader.Read(view, data, labels, labelColumn, options.WeightColumnName, options.Training.CancellationToken);
            return reader.Rows(skipped, rowsPerView, labelColumn, options.WeightColumnName);
        }
        catch
        {
            foreach (RowPart part in reader._parts)
                part.Dispose();
            throw;
        }
    }

    private long Read(EmbeddingStep step, IDataView data, LabelColumn labels, string? labelColumnName, string? weightColumnName, CancellationToken cancellationToken)
    {
        string name = step.Plan.Step;
        step.CheckInput(data.Schema);
        DataViewSchema.Column? label = labelColumnName is null ? null : HeadSchema.Find(name, data.Schema, labelColumnName);
        DataViewSchema.Column? weight = weightColumnName is null ? null : HeadSchema.WeightColumn(name, data.Schema, weightColumnName);
        IEnumerable<DataViewSchema.Column> needed = step.InputColumns.Select(c => data.Schema[c]);
        using DataViewRowCursor cursor = data.GetRowCursor([.. needed.Concat(new[] { label, weight }.OfType<DataViewSchema.Column>()).DistinctBy(c => c.Index)]);
        using BackboneEncoder encoder = step.CreateEncoder(new SessionHolder(() => step.Plan.RentForPacks(), holds: true));
        _equalLengthsOnly = encoder.NeedsEqualLengths || _hasForeignAxis;
        ValueGetter<float>? weightGetter = weight is null ? null : cursor.GetGetter<float>(weight.Value);
        labels.Bind(cursor);
        encoder.Bind(cursor);
        long skipped = 0;
        int slot = 0;
        for (long row = 1; cursor.MoveNext(); row++)
        {
            if (!labels.Read(row))
            {
                skipped++;
                continue;
            }
            float value = 1;
            weightGetter?.Invoke(ref value);
            if (!(value >= 0) || float.IsInfinity(value))
                throw Throw.WeightInvalid(name, weightColumnName!, row, value);
            _weights.Add(value);
            _lengths.Add(1);
            _rowNumbers.Add(row);
            encoder.Read(slot++);
            if (slot == RowsPerWindow || !encoder.HasRoom(slot))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Flush(encoder, slot);
                slot = 0;
            }
        }
        if (slot > 0)
            Flush(encoder, slot);
        return skipped;
    }

    private BackboneRows Rows(long skipped, int rowsPerView, string? labelColumnName, string? weightColumnName)
    {
        if (_usable.Count == 0)
            throw Throw.NoTrainingRows(_step.Plan.Step, labelColumnName ?? "", skipped);
        if (_weights.TrueForAll(w => w == 0))
            throw Throw.WeightsAllZero(_step.Plan.Step, weightColumnName!);
        return new BackboneRows(_parts, Array.Exists(_parts, p => p.HasOpenAxis) ? [.. _lengths] : [], _equalLengthsOnly, [.. _weights], [.. _usable], skipped, rowsPerView);
    }

    private void Flush(BackboneEncoder encoder, int count)
    {
        foreach (RowPart part in _parts)
            part.Store.Reserve(_windowStart + count);
        bool[] leftOut = encoder.FillInputs(count, _equalLengthsOnly, Keep);
        for (int i = 0; i < count; i++)
        {
            if (!leftOut[i])
                _usable.Add(_windowStart + i);
        }
        _windowStart += count;
    }

    // Called by several threads, for different rows.
    private void Keep(int[] slots, int[] lengths, IReadOnlyList<string> names, OrtValue[] inputs)
    {
        int[] rows = [.. slots.Select(s => _windowStart + s)];
        var tensors = new Dictionary<string, OrtValue>(StringComparer.Ordinal);
        for (int i = 0; i < names.Count; i++)
        {
            tensors[names[i]] = inputs[i];
            CheckFinite(rows, names[i], inputs[i]);
        }
        IDisposableReadOnlyCollection<OrtValue>? border = null;
        try
        {
            if (_prefix is not null)
            {
                string[] read = [.. _prefix.Inputs.Select(i => i.Name)];
                border = _prefix.RunAllocating(read, [.. read.Select(r => tensors[r])], _borderNames, rows.Length);
                for (int i = 0; i < _borderNames.Length; i++)
                {
                    tensors[_borderNames[i]] = border[i];
                    CheckFinite(rows, _borderNames[i], border[i]);
                }
            }
            // Of equal rows nothing is padding, and their unit (numbers, pixels) may be another than the axis has.
            if (_equalLengthsOnly && Array.Find(_parts, p => p.HasOpenAxis) is RowPart open)
                Array.Fill(lengths, open.OpenSize(tensors[open.Name]));
            for (int i = 0; i < rows.Length; i++)
                _lengths[rows[i]] = lengths[i];
            foreach (RowPart part in _parts)
                part.Keep(rows, _equalLengthsOnly ? null : lengths, tensors[part.Name]);
        }
        finally
        {
            border?.Dispose();
        }
    }

    private void CheckFinite(int[] rows, string name, OrtValue tensor)
    {
        if (tensor.GetTensorTypeAndShape().ElementDataType != TensorElementType.Float)
            return;
        ReadOnlySpan<float> values = tensor.GetTensorDataAsSpan<float>();
        if (TensorPrimitives.IsFiniteAll(values))
            return;
        int place = 0;
        while (float.IsFinite(values[place]))
            place++;
        int row = place / (values.Length / rows.Length);
        throw Throw.TrainingRowNotFinite(_step.Plan.Step, _step.InputColumns, _rowNumbers[rows[row]], name, values[place]);
    }
}
