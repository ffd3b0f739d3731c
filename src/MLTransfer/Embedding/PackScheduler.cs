using System.Runtime.ExceptionServices;
using MLTransfer.Backbones;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Embedding;

/// <summary>A piece and its length.</summary>
internal readonly record struct PlannedPiece(Piece Piece, int Length);

/// <summary>The pieces of a window and how they may be run.</summary>
internal sealed record PackJob
{
    public required OnnxSession Session { get; init; }

    public required List<PlannedPiece> Pieces { get; init; }

    public required Func<int, int> PaddedLength { get; init; }

    public required int ElementBudget { get; init; }

    public required int PiecesPerRun { get; init; }

    public required bool EqualLengthsOnly { get; init; }

    /// <summary>Whether one worker's inputs are filled while its previous pack runs.</summary>
    public required bool FillsAhead { get; init; }

    public required Func<bool, PackRunner> CreateRunner { get; init; }

    public required PackResult Result { get; init; }
}

/// <summary>
/// Sorts pieces into packs and runs them: on a processor as many packs at a time as there are cores, each decoded and run by its worker; elsewhere one after the other, the
/// next being decoded on all cores while the one before runs. Keeps the workers' buffers between windows.
/// </summary>
internal sealed class PackScheduler
{
    private readonly List<PackRunner> _runners = [];
    private readonly List<int> _packEnds = [];

    public void Run(PackJob job)
    {
        // By length, then by place: equal windows give equal packs.
        job.Pieces.Sort(static (a, b) => a.Length != b.Length ? a.Length.CompareTo(b.Length)
            : a.Piece.Slot != b.Piece.Slot ? a.Piece.Slot.CompareTo(b.Piece.Slot) : a.Piece.Number.CompareTo(b.Piece.Number));
        Piece[] pieces = [.. job.Pieces.Select(p => p.Piece)];
        int[] lengths = [.. job.Pieces.Select(p => job.PaddedLength(p.Length))];
        // A pack for every worker, at least, where there are few rows.
        int workers = job.Session.WorkerCount;
        long share = (lengths.Sum(l => (long)l) + workers - 1) / workers;
        int budget = (int)Math.Min(job.ElementBudget, Math.Max(share, lengths[^1]));
        PackPlanner.Plan(lengths, budget, job.PiecesPerRun, job.EqualLengthsOnly, _packEnds);
        if (workers == 1 && job.FillsAhead && _packEnds.Count > 1)
            RunFillingAhead(job, pieces, lengths);
        else
            RunSideBySide(job, pieces, lengths, Math.Min(workers, _packEnds.Count));
    }

    /// <summary>Calls an action for 0 to <paramref name="count"/> − 1 on all cores and throws the first error as it was.</summary>
    public static void InParallel(int count, Action<int> action)
    {
        if (count == 1)
        {
            action(0);
            return;
        }
        try
        {
            Parallel.For(0, count, action);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private void RunSideBySide(PackJob job, Piece[] pieces, int[] lengths, int workers)
    {
        while (_runners.Count < workers)
            _runners.Add(job.CreateRunner(job.Session.WorkerCount == 1));
        // The longest first, so that no worker is left alone with one at the end. Which worker takes a pack changes no value.
        int next = _packEnds.Count;
        InParallel(workers, worker =>
        {
            for (int pack; (pack = Interlocked.Decrement(ref next)) >= 0;)
            {
                Fill(_runners[worker], pack, pieces, lengths);
                _runners[worker].Run(job.Session, job.Result);
            }
        });
    }

    private void RunFillingAhead(PackJob job, Piece[] pieces, int[] lengths)
    {
        while (_runners.Count < 2)
            _runners.Add(job.CreateRunner(true));
        int last = _packEnds.Count - 1;
        Fill(_runners[last % 2], last, pieces, lengths);
        for (int pack = last; pack >= 0; pack--)
        {
            int following = pack - 1;
            Task? filling = following >= 0 ? Task.Run(() => Fill(_runners[following % 2], following, pieces, lengths)) : null;
            try
            {
                _runners[pack % 2].Run(job.Session, job.Result);
            }
            finally
            {
                // Never left running behind an error: it reads rows that the next window overwrites.
                filling?.GetAwaiter().GetResult();
            }
        }
    }

    private void Fill(PackRunner runner, int pack, Piece[] pieces, int[] lengths)
    {
        int start = pack == 0 ? 0 : _packEnds[pack - 1];
        int end = _packEnds[pack];
        runner.Fill(pieces.AsSpan(start, end - start), lengths[end - 1]);
    }
}
