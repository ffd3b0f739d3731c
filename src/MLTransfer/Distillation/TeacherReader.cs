using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Features;
using MLTransfer.Heads.Network;
using MLTransfer.Internal;

namespace MLTransfer.Distillation;

/// <summary>
/// Runs a teacher over the rows of a view, once for each distinct row, in batches; what a store on disk already knows costs nothing, and what is new is in the store after each batch. One
/// use; not thread-safe.
/// </summary>
internal sealed class TeacherReader
{
    private readonly string _step;
    private readonly ModelTeacher _teacher;
    private readonly IDataView _data;
    private readonly TeacherSettings _settings;
    private readonly Dictionary<FeatureKey, int> _places = [];
    private readonly List<float[]?> _outputs = [];
    private readonly List<int> _placeOfRow = [];

    private TeacherReader(string step, ModelTeacher teacher, IDataView data, TeacherSettings settings)
    {
        _step = step;
        _teacher = teacher;
        _data = data;
        _settings = settings;
    }

    /// <summary>The teacher's outputs of all rows.</summary>
    /// <param name="step">Who learns, for messages.</param>
    /// <param name="teacher">The teacher.</param>
    /// <param name="data">The rows; read twice.</param>
    /// <param name="settings">Where outputs are kept, and how many rows make a batch.</param>
    /// <param name="count">Adds up what was done.</param>
    /// <exception cref="ArgumentException">The teacher lacks the column, or the column is of another type, or the view lacks columns that the teacher reads.</exception>
    /// <exception cref="InvalidOperationException">The teacher leaves rows out, or gives numbers that are not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two batches. What was computed is in the store.</exception>
    public static TeacherOutputs Read(string step, ModelTeacher teacher, IDataView data, TeacherSettings settings, TeacherCount count) =>
        new TeacherReader(step, teacher, data, settings).Read(count);

    private TeacherOutputs Read(TeacherCount count)
    {
        DataViewSchema schema = Throw.AsTeacherError(_step, () => _teacher.Model.GetOutputSchema(_data.Schema));
        DataViewSchema.Column column = schema.GetColumnOrNull(_teacher.ColumnName) ?? throw Throw.TeacherColumnMissing(_step, _teacher.ColumnName, schema.Select(c => c.Name));
        int width = column.Type == NumberDataViewType.Single ? 1
            : column.Type is VectorDataViewType { Size: > 0 } vector && vector.ItemType == NumberDataViewType.Single ? vector.Size
            : throw Throw.TeacherColumnNotScores(_step, _teacher.ColumnName, $"{column.Type}");
        DataViewSchema.Column[] needed = [.. _teacher.Model.GetRowToRowMapper(_data.Schema).GetDependencies([column]).DistinctBy(c => c.Index)];
        string fingerprint = _settings.CacheFolder is null ? new string('0', 64) : ModelFingerprint.Of(_teacher.Model, $"|{_teacher.ColumnName}");
        using FeatureStore? store = _settings.CacheFolder is null ? null : FeatureStore.Open(_settings.CacheFolder, fingerprint);
        FindKnown(needed, fingerprint, store, width);
        count.CachedRows += _outputs.Count(o => o is not null);
        Tell(count);
        RunMissing(needed, column, store, width, count);
        float[] values = new float[checked(_placeOfRow.Count * width)];
        for (int row = 0; row < _placeOfRow.Count; row++)
            _outputs[_placeOfRow[row]].AsSpan().CopyTo(values.AsSpan(row * width));
        return new TeacherOutputs(values, width, Names(column, width), IsNormalized(column));
    }

    /// <summary>Lists the distinct rows, and takes from the store what it has.</summary>
    private void FindKnown(DataViewSchema.Column[] needed, string fingerprint, FeatureStore? store, int width)
    {
        using DataViewRowCursor cursor = _data.GetRowCursor(needed);
        // A row that cannot be told from others is its own, which only a cache on disk could not stand.
        using RowHasher? hasher = store is null && !needed.All(RowHasher.CanHash) ? null : new RowHasher(cursor, needed, fingerprint);
        while (cursor.MoveNext())
        {
            if (_placeOfRow.Count % _settings.BatchSize == 0)
                _settings.CancellationToken.ThrowIfCancellationRequested();
            FeatureKey key = hasher?.Key() ?? new FeatureKey((ulong)_placeOfRow.Count, 0, 0, 0);
            ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, key, out bool exists);
            if (!exists)
            {
                place = _outputs.Count;
                _outputs.Add(store is not null && store.TryRead(key, out FeatureBlock[]? blocks) && blocks is [{ } block] && block.Length == width ? Floats(block) : null);
            }
            _placeOfRow.Add(place);
        }
    }

    private void RunMissing(DataViewSchema.Column[] needed, DataViewSchema.Column output, FeatureStore? store, int width, TeacherCount count)
    {
        int missing = _outputs.Count(o => o is null);
        if (missing == 0)
            return;
        FeatureKey[] keys = new FeatureKey[_outputs.Count];
        foreach ((FeatureKey key, int place) in _places)
            keys[place] = key;
        using DataViewRowCursor cursor = _data.GetRowCursor(needed);
        int row = -1, done = 0;
        bool hasMore = false;
        var batch = new List<int>(_settings.BatchSize);
        HashSet<int> asked = [];
        BatchView view;
        do
        {
            _settings.CancellationToken.ThrowIfCancellationRequested();
            batch.Clear();
            view = new BatchView(cursor, Accept, Math.Min(_settings.BatchSize, missing - done));
            int answered = Run(view, output, batch, width);
            if (hasMore)
                throw Throw.TeacherRowsChanged(_step, _placeOfRow.Count, row + 1);
            if (answered != batch.Count)
                throw Throw.TeacherLeavesRowsOut(_step, batch.Count, answered);
            foreach (int place in batch)
                store?.Append(keys[place], [new FeatureBlock(_outputs[place]!)]);
            store?.Flush();
            done += answered;
            count.RunRows += answered;
            Tell(count);
        }
        while (done < missing && !view.IsLast);
        if (done < missing)
            throw Throw.TeacherRowsChanged(_step, _outputs.Count, _outputs.Count - missing + done);

        // The teacher's steps may call it from a thread of theirs, one call at a time, where an error of ours would come out as theirs.
        bool Accept()
        {
            row++;
            if (row >= _placeOfRow.Count)
            {
                hasMore = true;
                return false;
            }
            int place = _placeOfRow[row];
            if (_outputs[place] is not null || !asked.Add(place))
                return false;
            batch.Add(place);
            return true;
        }
    }

    /// <summary>Runs the teacher over a batch and keeps what it says; how many rows it answered.</summary>
    private int Run(BatchView view, DataViewSchema.Column output, List<int> batch, int width)
    {
        IDataView scored = _teacher.Model.Transform(view);
        DataViewSchema.Column column = scored.Schema[output.Name];
        using DataViewRowCursor cursor = scored.GetRowCursor([column]);
        Func<float[]> read = width == 1 && column.Type is not VectorDataViewType ? Single(cursor, column) : Vector(cursor, column);
        int answered = 0;
        while (Throw.Unwrapped(cursor.MoveNext))
        {
            float[] values = read();
            if (answered >= batch.Count)
                throw Throw.TeacherLeavesRowsOut(_step, batch.Count, answered + 1);
            if (Array.FindIndex(values, v => !float.IsFinite(v)) is >= 0 and int slot)
                throw Throw.TeacherNotFinite(_step, _teacher.ColumnName, _placeOfRow.IndexOf(batch[answered]) + 1, slot, values[slot]);
            _outputs[batch[answered++]] = values;
        }
        return answered;
    }

    private void Tell(TeacherCount count) =>
        _settings.Progress?.Report(new DistillationProgress(count.RunRows + count.CachedRows, count.RunRows, count.CachedRows, _outputs.Count));

    private static Func<float[]> Single(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        ValueGetter<float> getter = cursor.GetGetter<float>(column);
        return () =>
        {
            float value = 0;
            getter(ref value);
            return [value];
        };
    }

    private static Func<float[]> Vector(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> vector = default;
        return () =>
        {
            getter(ref vector);
            return [.. vector.DenseValues()];
        };
    }

    private static float[] Floats(FeatureBlock block)
    {
        float[] values = new float[block.Length];
        block.CopyTo(values);
        return values;
    }

    /// <summary>Names of the classes: ML.NET keeps those that are texts as slot names, and others (numbers, Booleans) in an annotation of their type.</summary>
    private string[]? Names(DataViewSchema.Column column, int width)
    {
        if (column.Annotations.Schema.GetColumnOrNull("SlotNames") is not null)
            return Heads.ClassNames.OfSlots(column, width);
        return LabelValues.Of(_step, column, "TrainingLabelValues")?.Texts().ToArray();
    }

    private static bool IsNormalized(DataViewSchema.Column column)
    {
        bool value = false;
        if (column.Annotations.Schema.GetColumnOrNull("IsNormalized") is { Type: BooleanDataViewType })
            column.Annotations.GetValue("IsNormalized", ref value);
        return value;
    }
}
