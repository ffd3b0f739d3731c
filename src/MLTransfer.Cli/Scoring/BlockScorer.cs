using Microsoft.ML;
using MLTransfer.Cli.Tables;
using MLTransfer.Persistence;

namespace MLTransfer.Cli.Scoring;

/// <summary>
/// Scores rows that stand together. A row that cannot be scored holds up no other: what the input or a step says is wrong with it is kept, and where the model throws, halves of the rows are
/// tried until the row is found. Not thread-safe.
/// </summary>
internal sealed class BlockScorer
{
    private readonly ScoreModel _model;
    private readonly IReadOnlyList<ModelInput> _inputs;
    private readonly IReadOnlyList<ViewColumn> _unread;
    private readonly IReadOnlyList<ModelOutput> _outputs;
    private readonly int _keptCount;

    /// <param name="model">The model.</param>
    /// <param name="inputs">What it reads: the source of input i is column keptCount + i of every batch.</param>
    /// <param name="unread">Columns of its schema that it does not read.</param>
    /// <param name="outputs">What is taken of it.</param>
    /// <param name="kept">The first columns of every batch, which are passed on.</param>
    public BlockScorer(ScoreModel model, IReadOnlyList<ModelInput> inputs, IReadOnlyList<DataViewSchema.Column> unread, IReadOnlyList<ModelOutput> outputs, IReadOnlyList<TableColumn> kept)
    {
        (_model, _inputs, _outputs, _keptCount) = (model, inputs, outputs, kept.Count);
        _unread = [.. unread.Select(ViewColumn.Unread)];
        Columns = [.. kept, .. outputs.Select(o => o.Column)];
    }

    /// <summary>The columns of what is written.</summary>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>Scores a batch.</summary>
    /// <param name="firstRow">Its first row over all input.</param>
    /// <param name="batch">The rows: the columns kept, then those the model reads.</param>
    /// <param name="place">Says where a row of the batch stands: the file and the place in it.</param>
    /// <param name="budget">Told of each row that fails.</param>
    /// <param name="isLate">Whether there is no time left to finish.</param>
    /// <exception cref="TooManyErrorsException">More rows failed than may.</exception>
    /// <exception cref="OperationCanceledException">There was no time left.</exception>
    public ScoredBlock Score(long firstRow, TableBatch batch, Func<int, (string File, string Place)> place, ErrorBudget budget, Func<bool> isLate)
    {
        var problems = new SortedDictionary<int, RowFailure>();
        foreach ((int row, RowProblem problem) in batch.Problems)
            Fail(new RowFailure(firstRow + row, problem.File, problem.Place, problem.Message), row);
        ViewColumn[] columns = [.. _inputs.Select((input, i) => input.Convert(batch, _keptCount + i, Tell)), .. _unread];
        int[] usable = [.. Enumerable.Range(0, batch.RowCount).Where(r => !problems.ContainsKey(r))];
        ModelOutput.Buffer[] buffers = [.. _outputs.Select(o => o.Reserve(batch.RowCount))];
        Run(columns, usable, buffers, Tell, isLate);
        int[] scored = problems.Count == 0 ? usable : [.. usable.Where(r => !problems.ContainsKey(r))];
        Array[] values = [.. Enumerable.Range(0, _keptCount).Select(c => Take(batch, c, scored)), .. buffers.Select(b => b.Take(scored))];
        return new ScoredBlock(firstRow, batch.RowCount, new TableBatch(Columns, scored.Length, values), [.. problems.Values]);

        void Tell(int row, string message)
        {
            if (problems.ContainsKey(row))
                return;
            (string file, string where) = place(row);
            Fail(new RowFailure(firstRow + row, file, where, message), row);
        }

        void Fail(RowFailure failure, int row)
        {
            problems.Add(row, failure);
            budget.Add(failure);
        }
    }

    private void Run(ViewColumn[] columns, ReadOnlyMemory<int> rows, ModelOutput.Buffer[] buffers, Action<int, string> tell, Func<bool> isLate)
    {
        if (rows.IsEmpty)
            return;
        try
        {
            Read(columns, rows, buffers, isLate);
            foreach ((long position, RowError error) in _model.RowErrors.Take())
                tell(rows.Span[(int)position], error.Reason);
        }
        catch (Exception e) when (IsOfRow(e))
        {
            _model.RowErrors.Take();
            if (rows.Length == 1)
            {
                tell(rows.Span[0], CheckedModel.Unwrap(e).Message);
                return;
            }
            int half = rows.Length / 2;
            Run(columns, rows[..half], buffers, tell, isLate);
            Run(columns, rows[half..], buffers, tell, isLate);
        }
    }

    private void Read(ViewColumn[] columns, ReadOnlyMemory<int> rows, ModelOutput.Buffer[] buffers, Func<bool> isLate)
    {
        int done = 0;
        IDataView scored = _model.Transform(new TableView(columns, rows));
        using DataViewRowCursor cursor = scored.GetRowCursor(_outputs.Select(o => scored.Schema[o.Source.Index]));
        foreach (ModelOutput.Buffer buffer in buffers)
            buffer.Bind(cursor);
        while (cursor.MoveNext())
        {
            if (isLate())
                throw new OperationCanceledException("There was no time left to finish the rows.");
            if (done == rows.Length)
                throw RowsDiffer(rows.Length, "more");
            foreach (ModelOutput.Buffer buffer in buffers)
                buffer.Read(rows.Span[done]);
            done++;
        }
        if (done != rows.Length)
            throw RowsDiffer(rows.Length, $"{done}");
    }

    private static NotSupportedException RowsDiffer(int expected, string found) =>
        new($"Of {expected} rows the model delivered {found}. A model that leaves rows out or adds some cannot be scored in parts: save it without the step that does.");

    // What is wrong with the program or the machine is no fault of a row.
    private static bool IsOfRow(Exception error) => error is not (OperationCanceledException or OutOfMemoryException or ObjectDisposedException or NotSupportedException or TooManyErrorsException);

    private static Array Take(TableBatch batch, int column, ReadOnlySpan<int> rows)
    {
        TableColumn of = batch.Columns[column];
        if (rows.Length == batch.RowCount)
            return batch.Values(column);
        return of.Kind switch
        {
            ColumnKind.Text => Take(batch.Values<string?>(column), rows, 1),
            ColumnKind.Whole => Take(batch.Values<long?>(column), rows, 1),
            ColumnKind.Real => Take(batch.Values<double?>(column), rows, 1),
            ColumnKind.Single => Take(batch.Values<float?>(column), rows, 1),
            ColumnKind.Flag => Take(batch.Values<bool?>(column), rows, 1),
            _ => Take(batch.Values<float>(column), rows, of.Width),
        };
    }

    private static T[] Take<T>(T[] values, ReadOnlySpan<int> rows, int width)
    {
        var taken = new T[rows.Length * width];
        for (int i = 0; i < rows.Length; i++)
            Array.Copy(values, rows[i] * width, taken, i * width, width);
        return taken;
    }
}
