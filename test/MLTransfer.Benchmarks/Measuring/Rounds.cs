using System.Diagnostics;

namespace MLTransfer.Benchmarks.Measuring;

/// <summary>Interleaved rounds: what slows the machine down for a while slows both sides down.</summary>
internal static class Rounds
{
    public const int Count = 5;

    /// <summary>The peer's time over ours for each round, after one pass of each to warm up. Above 1 we are faster.</summary>
    public static List<double> Ratios(Func<double> ours, Func<double> peer)
    {
        ours();
        peer();
        var ratios = new List<double>();
        for (int round = 0; round < Count; round++)
        {
            // The order alternates, so that neither side always runs on caches the other has just filled.
            double first = round % 2 == 0 ? ours() : peer();
            double second = round % 2 == 0 ? peer() : ours();
            ratios.Add(round % 2 == 0 ? second / first : first / second);
        }
        return ratios;
    }

    public static double Seconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
