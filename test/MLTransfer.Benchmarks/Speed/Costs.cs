using MLTransfer.Benchmarks.Measuring;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>What a pass over rows costs beside the time of its peer.</summary>
internal static class Costs
{
    /// <summary>Managed bytes that a pass allocates for each of its rows.</summary>
    public static List<double> BytesPerRow(Func<double> pass, int rows)
    {
        var values = new List<double>();
        for (int round = 0; round < Rounds.Count; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            pass();
            values.Add((double)(GC.GetTotalAllocatedBytes(precise: true) - before) / rows);
        }
        return values;
    }

    /// <summary>Time and largest working set of a pass over ten times the rows, over those of a pass over the rows.</summary>
    public static (List<double> Times, List<double> Memories) TenTimes(Func<double> few, Func<double> many)
    {
        var times = new List<double>();
        var memories = new List<double>();
        many();
        for (int round = 0; round < Rounds.Count; round++)
        {
            using var once = new MemoryPeak();
            double time = few();
            long memory = once.Stop();
            using var tenTimes = new MemoryPeak();
            times.Add(many() / time);
            memories.Add((double)tenTimes.Stop() / memory);
        }
        return (times, memories);
    }

    /// <summary>Rows of a second, for rates that have no peer.</summary>
    public static List<double> RowsPerSecond(Func<double> pass, int rows)
    {
        pass();
        return [.. Enumerable.Range(0, Rounds.Count).Select(_ => rows / pass())];
    }
}
