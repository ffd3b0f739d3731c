using System.Globalization;
using System.Text.Json;

namespace MLTransfer.Benchmarks.Training;

/// <summary>Our steps in a process of their own, which says what the peers say (Peers/README.md), so that memory is measured alike.</summary>
internal static class StepsProgram
{
    /// <summary>The first argument; then a step and how many make a pass.</summary>
    public const string Name = "steps";

    public static int Run(string step, int count)
    {
        using var steps = new OurSteps(step);
        steps.Run(count);
        Console.WriteLine($"ready {JsonSerializer.Serialize(new { loss = steps.Loss, steps = count, shards = steps.ShardCount })}");
        while (Console.ReadLine() is string line)
        {
            if (line.Trim() == "run")
                Console.WriteLine(JsonSerializer.Serialize(new { seconds = steps.Run(count), loss = steps.Loss, peak_bytes = PeakBytes() }));
        }
        return 0;
    }

    private static long PeakBytes() => 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal)).Split(' ', '\t')[^2], CultureInfo.InvariantCulture);
}
