using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Training;

/// <summary>
/// Decides which rows make each step of an epoch, as a function of (seed, epoch) alone. Rows are shuffled; windows of <see cref="WindowBatches"/> batches are sorted by length and cut into
/// batches, so that the rows of one batch are alike; then the batches are shuffled. Every row comes exactly once; the last batch of an epoch may be smaller, and its rows are no longer or
/// shorter than others on average.
/// </summary>
internal sealed class BatchPlanner
{
    /// <summary>Batches that are sorted together: enough that lengths within a batch differ little, few enough that batches stay random.</summary>
    public const int WindowBatches = 50;

    private readonly int[] _rows;
    private readonly int[] _lengths;
    private readonly bool _hasLengths;
    private readonly TrainingOptions _options;
    private readonly int _seed;
    private readonly int? _lengthBudget;
    private readonly bool _equalLengthsOnly;

    /// <param name="problem">Its rows of weight above 0 are planned.</param>
    /// <param name="options">Batch size, accumulation and seed.</param>
    /// <param name="lengthBudget">Limits a micro-batch to this many padded places (longest row × rows), so that memory has a bound; null for no limit. A row that is longer comes alone.</param>
    /// <exception cref="ArgumentException">No row counts, or a weight is negative or not finite; or the problem needs whole batches and some step could be cut.</exception>
    public BatchPlanner(ITrainingProblem problem, TrainingOptions options, int? lengthBudget = null)
    {
        _options = options;
        _seed = options.Seed ?? throw Throw.SeedMissing();
        _lengthBudget = lengthBudget;
        _equalLengthsOnly = problem.EqualLengthsOnly;
        _rows = [.. Enumerable.Range(0, problem.RowCount).Where(row => Counts(problem, row))];
        if (_rows.Length == 0)
            throw Throw.NoTrainingRows(problem.RowCount);
        _lengths = new int[problem.RowCount];
        foreach (int row in _rows)
            _lengths[row] = problem.LengthOf(row);
        _hasLengths = _rows.Any(row => _lengths[row] != _lengths[_rows[0]]);
        (RowsPerStep, StepsPerEpoch) = Divide(_rows.Length, options);
        if (problem.NeedsWholeBatch)
            CheckNothingCuts();
    }

    /// <summary>Rows of a step: the batch size times the accumulated batches, at most all rows.</summary>
    public int RowsPerStep { get; }

    /// <summary>Steps of every epoch.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Rows planned.</summary>
    public int RowCount => _rows.Length;

    /// <summary>Steps of a whole training.</summary>
    /// <param name="rowCount">Training rows of weight above 0, at least one.</param>
    /// <param name="options">Epochs, batch size and accumulation.</param>
    public static long StepCount(int rowCount, TrainingOptions options) => (long)Divide(rowCount, options).Steps * options.EpochCount;

    /// <summary>The rows of an epoch in the order of its steps: step s has those from s · <see cref="RowsPerStep"/> on.</summary>
    public int[] Plan(int epoch)
    {
        int[] order = [.. _rows];
        new CounterRandom(_seed, RandomStream.RowOrder, epoch).Shuffle(order.AsSpan());
        return _hasLengths ? Bucketed(order, new CounterRandom(_seed, RandomStream.BatchOrder, epoch)) : order;
    }

    /// <summary>The rows of one step.</summary>
    /// <param name="plan">What <see cref="Plan"/> gave.</param>
    /// <param name="step">The step within the epoch, from 0.</param>
    public ReadOnlySpan<int> StepRows(int[] plan, int step)
    {
        int start = step * RowsPerStep;
        return plan.AsSpan(start, Math.Min(RowsPerStep, plan.Length - start));
    }

    /// <summary>How many of the first rows make the next micro-batch: at most the batch size, within the length budget, of one length where the problem says so.</summary>
    /// <param name="rows">What is left of a step, at least one row.</param>
    public int MicroBatch(ReadOnlySpan<int> rows)
    {
        int limit = Math.Min(_options.BatchSize, rows.Length);
        int first = _lengths[rows[0]];
        if (_lengthBudget is null && !_equalLengthsOnly)
            return limit;
        int longest = first;
        int count = 1;
        while (count < limit && Joins(_lengths[rows[count]], count))
            longest = Math.Max(longest, _lengths[rows[count++]]);
        return count;

        bool Joins(int length, int count) => (!_equalLengthsOnly || length == first) && !(Math.Max(longest, length) * (count + 1L) > _lengthBudget);
    }

    private static (int Rows, int Steps) Divide(int rowCount, TrainingOptions options)
    {
        int rows = (int)Math.Min((long)options.BatchSize * options.AccumulationCount, rowCount);
        return (rows, (rowCount - 1) / rows + 1);
    }

    /// <summary>
    /// Refuses what could cut a step. A budget is not overstepped in silence, nor a batch made smaller than asked for: both would change what the user gets. Whether a budget could cut
    /// depends on rows and options alone, not on the order of the rows, so that a training is refused before its first step or never.
    /// </summary>
    private void CheckNothingCuts()
    {
        if (_options.AccumulationCount > 1)
            throw Throw.WholeBatchAccumulated(_options);
        int longest = _rows.Max(row => _lengths[row]);
        if (_equalLengthsOnly && _hasLengths)
            throw Throw.WholeBatchOfUnequalLengths(_rows.Min(row => _lengths[row]), longest);
        if ((long)longest * RowsPerStep > _lengthBudget)
            throw Throw.WholeBatchOverBudget(RowsPerStep, longest, _lengthBudget.Value);
    }

    private static bool Counts(ITrainingProblem problem, int row)
    {
        double weight = problem.WeightOf(row);
        return weight >= 0 && double.IsFinite(weight) ? weight > 0 : throw Throw.RowWeightInvalid(row, weight);
    }

    private int[] Bucketed(int[] order, CounterRandom random)
    {
        int window = (int)Math.Min((long)RowsPerStep * WindowBatches, order.Length);
        long[] keys = new long[order.Length];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = (long)_lengths[order[i]] << 32 | (uint)i;
        int[] firsts = new int[StepsPerEpoch];
        int batch = 0;
        for (int start = 0; start < order.Length; start += window)
        {
            int count = Math.Min(window, order.Length - start);
            // Equal lengths keep their random order: the place in it is part of the key.
            Array.Sort(keys, order, start, count);
            int batches = (count - 1) / RowsPerStep + 1;
            int rest = count % RowsPerStep;
            // Where the rows do not fill their batches, the small batch lies anywhere among the sorted rows.
            int small = rest == 0 ? -1 : random.Index(StepsPerEpoch, batches);
            for (int i = 0, first = start; i < batches; first += i == small ? rest : RowsPerStep, i++)
                firsts[batch++] = i == small ? ~first : first;
        }
        // A small batch is the last of the epoch; only the last window can have one.
        int smallBatch = Array.FindIndex(firsts, f => f < 0);
        int full = StepsPerEpoch;
        if (smallBatch >= 0)
        {
            (firsts[smallBatch], firsts[^1]) = (firsts[^1], ~firsts[smallBatch]);
            full--;
        }
        random.Shuffle(firsts.AsSpan(0, full));
        int[] plan = new int[order.Length];
        for (int i = 0; i < StepsPerEpoch; i++)
        {
            int start = i * RowsPerStep;
            Array.Copy(order, firsts[i], plan, start, Math.Min(RowsPerStep, plan.Length - start));
        }
        return plan;
    }
}
