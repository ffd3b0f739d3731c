using System.Collections.Concurrent;
using System.Diagnostics;
using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Scoring;

/// <summary>
/// Scores a shard: one thread reads blocks, one scores them, one writes them. What is done is put on the disk in segments, from which the next run goes on, whatever ended this one; the
/// part itself appears under its name when it is whole, its manifest after it.
/// </summary>
internal sealed class ScoreRun(ScorePlan plan, TableInput input, InputScan scan, ScoreSettings settings, IProgress<ScoreProgress>? progress)
{
    // Blocks in memory between two threads: one that waits and one in work keep all three busy.
    private const int QueueLength = 2;

    private readonly RowRange _range = settings.Shard.Rows(scan.RowCount, settings.BlockRowCount);
    private readonly JobDescription _job = plan.Describe(scan, settings);

    /// <summary>Scores what is not scored yet.</summary>
    /// <param name="cancel">Ends the run at the end of a block; what is done stays.</param>
    /// <exception cref="TooManyErrorsException">More rows failed than may.</exception>
    /// <exception cref="OperationCanceledException">It was told to end.</exception>
    /// <exception cref="InvalidDataException">What is there belongs to another job, or the input has changed.</exception>
    /// <exception cref="IOException">Another process writes this part, or it cannot be written.</exception>
    public ScoreReport Run(CancellationToken cancel)
    {
        if (settings.Folder is string folder)
            PartFolder.CheckFits(folder, _job);
        using PartState state = PartState.Lock(settings.Paths);
        if (File.Exists(settings.Paths.Manifest))
        {
            if (!settings.Restart)
            {
                ScoreReport known = Known();
                state.Remove();
                return known;
            }
            File.Delete(settings.Paths.Manifest);
        }
        if (settings.Restart)
            state.Clear();
        state.Load(_job, _range);
        long resumed = state.Segments.Sum(s => s.RowCount);
        long start = Stopwatch.GetTimestamp();
        var budget = new ErrorBudget(settings.MaximumErrorRate, _range.Count, state.Segments.Sum(s => s.ErrorCount));
        try
        {
            budget.Check();
            if (resumed < _range.Count)
                ScoreRest(state, budget, resumed, cancel);
        }
        catch (TooManyErrorsException e)
        {
            ErrorLines.Write(state.Failures, budget.Failures);
            throw new TooManyErrorsException($"{e.Message} The failures of this run stand in '{state.Failures}'. Mend the rows, or allow more: what is done is not done again.");
        }
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        PartManifest manifest = Finish(state, cancel);
        return Report(manifest, resumed, elapsed);
    }

    private ScoreReport Known()
    {
        PartManifest manifest = PartManifest.Read(settings.Paths.Manifest);
        if (_job.DifferencesFrom(manifest.Job) is { Count: > 0 } differences)
        {
            throw new InvalidDataException(
                $"'{settings.Paths.Output}' is there already, of another job, which differs in the {string.Join(", the ", differences)}. Give another output, or --restart to replace it.");
        }
        long length = File.Exists(settings.Paths.Output) ? new FileInfo(settings.Paths.Output).Length : -1;
        return length == manifest.ByteCount
            ? Report(manifest, manifest.RowCount, TimeSpan.Zero) with { WasDone = true }
            : throw new InvalidDataException(
                $"'{settings.Paths.Output}' is {(length < 0 ? "not there" : $"{length} bytes long")}, but its manifest says {manifest.ByteCount} bytes. Give --restart to make it anew.");
    }

    private void ScoreRest(PartState state, ErrorBudget budget, long resumed, CancellationToken cancel)
    {
        // Ends the other threads when one fails.
        using var failed = new CancellationTokenSource();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(failed.Token, cancel);
        using var read = new BlockingCollection<(long Row, TableBatch Batch)>(QueueLength);
        using var scored = new BlockingCollection<ScoredBlock>(QueueLength);
        var scorer = new BlockScorer(plan.Model, plan.Inputs, plan.Unread, plan.Outputs, plan.Kept);
        Task reading = Task.Run(() => Guarded(failed, () => Read(_range.First + resumed, read, ended.Token), read.CompleteAdding), CancellationToken.None);
        Task writing = Task.Run(() => Guarded(failed, () => Write(state, scorer.Columns, scored), () => { }), CancellationToken.None);
        try
        {
            Score(scorer, budget, resumed, read, scored, failed.Token, cancel);
        }
        finally
        {
            // A block that waits for the reader's place must not keep it waiting for ours.
            failed.Cancel();
            scored.CompleteAdding();
            // The writer puts what is scored on the disk whatever ended the scoring.
            Task.WaitAll(Observed(reading), Observed(writing));
        }
        ThrowFirst(writing, reading);
        cancel.ThrowIfCancellationRequested();
        if (state.Segments.Sum(s => s.RowCount) != _range.Count)
            throw new InvalidDataException($"The input gave fewer rows than it had when it was first read ({scan.RowCount:N0}). It has changed: run the job again on input that stays as it is.");
    }

    private void Read(long firstRow, BlockingCollection<(long, TableBatch)> target, CancellationToken ended)
    {
        using ITableReader reader = input.Open(plan.Sources, firstRow, scan);
        for (long row = firstRow; row < _range.End;)
        {
            // Blocks begin at multiples of their length, wherever the shard does.
            int wanted = (int)Math.Min(_range.End - row, settings.BlockRowCount - row % settings.BlockRowCount);
            if (reader.Read(wanted) is not TableBatch batch)
                return;
            target.Add((row, batch), ended);
            row += batch.RowCount;
        }
    }

    private void Score(
        BlockScorer scorer, ErrorBudget budget, long resumed, BlockingCollection<(long Row, TableBatch Batch)> read, BlockingCollection<ScoredBlock> scored,
        CancellationToken failed, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        long done = 0;
        long? told = null;
        progress?.Report(new ScoreProgress(resumed, _range.Count, 0, budget.Count, TimeSpan.Zero));
        foreach ((long row, TableBatch batch) in Taken(read, failed, cancel))
        {
            ScoredBlock block;
            try
            {
                block = scorer.Score(row, batch, place => Place(row + place), budget, IsLate);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested || failed.IsCancellationRequested)
            {
                return;
            }
            if (!Added(scored, block, failed))
                return;
            done += block.RowCount;
            progress?.Report(new ScoreProgress(resumed + done, _range.Count, done, budget.Count, Stopwatch.GetElapsedTime(start)));
        }

        bool IsLate()
        {
            if (failed.IsCancellationRequested)
                return true;
            if (!cancel.IsCancellationRequested)
                return false;
            told ??= Stopwatch.GetTimestamp();
            return Stopwatch.GetElapsedTime(told.Value) > settings.GraceTime;
        }
    }

    // Between blocks, the end that was asked for is at once.
    private static IEnumerable<(long, TableBatch)> Taken(BlockingCollection<(long, TableBatch)> read, CancellationToken failed, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested && !failed.IsCancellationRequested)
        {
            (long, TableBatch) block;
            try
            {
                if (!read.TryTake(out block, Timeout.Infinite, cancel))
                    yield break;
            }
            catch (OperationCanceledException)
            {
                yield break;
            }
            yield return block;
        }
    }

    private static bool Added(BlockingCollection<ScoredBlock> scored, ScoredBlock block, CancellationToken failed)
    {
        try
        {
            scored.Add(block, failed);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Write(PartState state, IReadOnlyList<TableColumn> columns, BlockingCollection<ScoredBlock> scored)
    {
        SegmentWriter? writer = null;
        long begun = 0;
        try
        {
            foreach (ScoredBlock block in scored.GetConsumingEnumerable())
            {
                if (writer is null)
                    (writer, begun) = (state.Begin(block.FirstRow, columns), Stopwatch.GetTimestamp());
                writer.Write(block);
                if (Stopwatch.GetElapsedTime(begun) >= settings.CheckpointTime)
                    Commit();
            }
            if (writer is not null)
                Commit();
        }
        finally
        {
            writer?.Dispose();
        }

        void Commit()
        {
            writer!.Commit();
            writer.Dispose();
            writer = null;
        }
    }

    private PartManifest Finish(PartState state, CancellationToken cancel)
    {
        try
        {
            (string rows, string? errors) = state.Join([.. plan.Kept, .. plan.Outputs.Select(o => o.Column)], cancel);
            var manifest = new PartManifest
            {
                Job = _job,
                ShardIndex = settings.Shard.Index,
                FirstRow = _range.First,
                RowCount = _range.Count,
                ErrorCount = state.Segments.Sum(s => s.ErrorCount),
                File = Path.GetFileName(settings.Paths.Output),
                ByteCount = new FileInfo(rows).Length,
                Sha256 = PartManifest.Hash(rows),
                ErrorsFile = errors is null ? null : Path.GetFileName(settings.Paths.Errors),
            };
            if (errors is not null)
                File.Move(errors, settings.Paths.Errors, overwrite: true);
            else
                File.Delete(settings.Paths.Errors);
            File.Move(rows, settings.Paths.Output, overwrite: true);
            JsonFile.Write(settings.Paths.Manifest, manifest);
            state.Remove();
            return manifest;
        }
        catch when (Directory.Exists(settings.Paths.State))
        {
            // Where the disk is full, room for the next run.
            state.Tidy();
            throw;
        }
    }

    private ScoreReport Report(PartManifest manifest, long resumed, TimeSpan elapsed)
    {
        using var process = Process.GetCurrentProcess();
        return new ScoreReport
        {
            Output = settings.Paths.Output,
            Errors = manifest.ErrorsFile is null ? null : settings.Paths.Errors,
            ShardIndex = manifest.ShardIndex,
            ShardCount = manifest.Job.ShardCount,
            FirstRow = manifest.FirstRow,
            RowCount = manifest.RowCount,
            ErrorCount = manifest.ErrorCount,
            ResumedRowCount = resumed,
            Seconds = elapsed.TotalSeconds,
            RowsPerSecond = manifest.RowCount == resumed ? null : (manifest.RowCount - resumed) / Math.Max(elapsed.TotalSeconds, 1e-3),
            PeakMemoryBytes = process.PeakWorkingSet64,
        };
    }

    private (string File, string Place) Place(long row)
    {
        long before = 0;
        foreach (InputFile file in scan.Files)
        {
            if (row < before + file.RowCount)
                return (file.Name, $"row {row - before + 1}");
            before += file.RowCount;
        }
        return ("", $"row {row + 1}");
    }

    private static void Guarded(CancellationTokenSource failed, Action work, Action always)
    {
        try
        {
            work();
        }
        catch (OperationCanceledException)
        {
            // Whoever asked for the end tells of it.
        }
        catch
        {
            failed.Cancel();
            throw;
        }
        finally
        {
            always();
        }
    }

    // WaitAll would wrap the errors, which are looked at one by one afterwards.
    private static Task Observed(Task task) => task.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private static void ThrowFirst(params Task[] tasks)
    {
        foreach (Task task in tasks)
            task.GetAwaiter().GetResult();
    }
}
