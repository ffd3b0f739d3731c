using System.Globalization;

namespace MLTransfer.Cli.Diagnosis;

/// <summary>The memory limit of the control group that this process runs in: what a container, a batch system or a service manager allows. Beyond it the kernel kills the process.</summary>
internal static class ContainerMemory
{
    // Version 1 of control groups writes "no limit" as the largest multiple of a page that fits into 63 bits.
    private const long NoLimitFrom = 1L << 60;

    /// <summary>The limit of this process in bytes; null where there is none.</summary>
    public static long? Limit() => OperatingSystem.IsLinux() ? Limit("/proc/self/cgroup", "/sys/fs/cgroup") : null;

    /// <summary>The smallest limit from the process's own group up to the root: all of them hold.</summary>
    /// <param name="membership">The file in which the kernel names the groups, one "number:controllers:path" a line (cgroups(7)).</param>
    /// <param name="root">Where the groups are mounted.</param>
    public static long? Limit(string membership, string root)
    {
        long? least = null;
        foreach (string[] line in Lines(membership).Select(l => l.Split(':', 3)).Where(l => l.Length == 3))
        {
            (string? mount, string file) = line[1].Length == 0 ? (root, "memory.max")
                : line[1].Split(',').Contains("memory") ? (Path.Combine(root, "memory"), "memory.limit_in_bytes") : (null, "");
            if (mount is null)
                continue;
            // In a container the path may be that of the host; the container's own group is then what is mounted at the root.
            for (string? group = line[2].Trim('/'); group is not null; group = group.Length == 0 ? null : Path.GetDirectoryName(group))
            {
                if (Read(Path.Combine(mount, group, file)) is long limit)
                    least = Math.Min(least ?? long.MaxValue, limit);
            }
        }
        return least;
    }

    private static long? Read(string path) =>
        Lines(path) is [string text, ..] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) && limit < NoLimitFrom ? limit : null;

    private static string[] Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
