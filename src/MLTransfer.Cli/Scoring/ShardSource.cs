using System.Globalization;

namespace MLTransfer.Cli.Scoring;

/// <summary>
/// Finds out which shard a process is to score: from the command line, from our own variables, or from those that Kubernetes (Indexed Jobs) and Slurm (job arrays) set. Sources that
/// disagree are refused: a process that scored another's shard would leave a hole.
/// </summary>
internal static class ShardSource
{
    private const string OwnIndex = "MLTRANSFER_SHARD_INDEX";
    private const string OwnCount = "MLTRANSFER_SHARD_COUNT";
    private const string KubernetesIndex = "JOB_COMPLETION_INDEX";
    private const string SlurmIndex = "SLURM_ARRAY_TASK_ID";
    private const string SlurmFirst = "SLURM_ARRAY_TASK_MIN";
    private const string SlurmLast = "SLURM_ARRAY_TASK_MAX";
    private const string SlurmCount = "SLURM_ARRAY_TASK_COUNT";

    // Names of parts have room for as many.
    private const int MostShards = 100_000;

    /// <summary>The shard, and what said so.</summary>
    /// <param name="option">What --shard says, such as "3/8", or null.</param>
    /// <param name="countOption">What --shard-count says, or null.</param>
    /// <param name="environment">Reads a variable of the environment.</param>
    /// <exception cref="ArgumentException">A source is incomplete or makes no sense, or two disagree.</exception>
    public static (Shard Shard, string Source) Find(string? option, int? countOption, Func<string, string?> environment)
    {
        int? ownCount = Number(OwnCount, environment, 1);
        (int Value, string Source)? count = countOption is int given ? (given, "--shard-count") : ownCount is int own ? (own, OwnCount) : null;
        if (countOption is int asked && ownCount is int set && asked != set)
            throw Disagree($"--shard-count says {asked} shards", $"{OwnCount} says {set}");
        if (count?.Value is < 1 or > MostShards)
            throw new ArgumentException($"{count.Value.Source} is {count.Value.Value}; a job has 1 to {MostShards} shards.");
        (Shard Shard, string Source)[] found = [.. new[] { Option(option), Own(environment, count), Kubernetes(environment, count), Slurm(environment, count) }.OfType<(Shard, string)>()];
        foreach ((Shard shard, string source) in found)
        {
            if (shard.Count is < 1 or > MostShards || shard.Index < 0 || shard.Index >= shard.Count)
            {
                throw new ArgumentException(
                    $"{source} asks for shard {shard.Index} of {shard.Count}. A shard's index begins at 0 and is below the count, which is 1 to {MostShards}.");
            }
            if (shard != found[0].Shard)
                throw Disagree($"{found[0].Source} asks for shard {found[0].Shard}", $"{source} for shard {shard}");
            if (count is (int value, string by) && value != shard.Count)
                throw Disagree($"{source} asks for shard {shard}", $"{by} says {value} shards");
        }
        return (found, count) switch
        {
            ([(Shard shard, string source), ..], _) => (shard, source),
            (_, (1, string source)) => (Shard.Whole, source),
            (_, (int value, string source)) => throw new ArgumentException(
                $"{source} says {value} shards, but nothing says which one this is. Give --shard I/{value}, or set {OwnIndex}; {KubernetesIndex} and {SlurmIndex} are read, too."),
            _ => (Shard.Whole, "nothing"),
        };
    }

    private static (Shard, string)? Option(string? option)
    {
        if (option is null)
            return null;
        string[] parts = option.Split('/');
        return parts.Length == 2 && Parse(parts[0]) is int index && Parse(parts[1]) is int count
            ? (new Shard(index, count), $"--shard {option}")
            : throw new ArgumentException($"--shard is '{option}'. It is INDEX/COUNT, the index from 0, such as 0/8 for the first of eight shards.");
    }

    private static (Shard, string)? Own(Func<string, string?> environment, (int Value, string Source)? count) => Number(OwnIndex, environment, 0) switch
    {
        null => null,
        int index when count is (int value, _) => (new Shard(index, value), $"{OwnIndex}={index}"),
        int index => throw new ArgumentException($"{OwnIndex} is {index}, but nothing says how many shards there are. Set {OwnCount}, too."),
    };

    private static (Shard, string)? Kubernetes(Func<string, string?> environment, (int Value, string Source)? count) => Number(KubernetesIndex, environment, 0) switch
    {
        null => null,
        int index when count is (int value, _) => (new Shard(index, value), $"{KubernetesIndex}={index}"),
        int index => throw new ArgumentException(
            $"{KubernetesIndex} is {index}: this is one pod of an indexed job, which is not told how many there are. Give --shard-count (the job's spec.completions), or set {OwnCount}."),
    };

    // The count of an array is that of the tasks submitted: of --array=3 alone it is 1. Who resubmits single tasks says --shard-count, and then the task's own number is the index.
    private static (Shard, string)? Slurm(Func<string, string?> environment, (int Value, string Source)? count)
    {
        if (Number(SlurmIndex, environment, 0) is not int id)
            return null;
        string source = $"{SlurmIndex}={id}";
        if (count is (int value, _))
            return (new Shard(id, value), source);
        if (Number(SlurmFirst, environment, 0) is not int first || Number(SlurmCount, environment, 1) is not int tasks)
            throw new ArgumentException($"{SlurmIndex} is {id}, but {SlurmFirst} and {SlurmCount} are not both set. Give --shard-count, or run under sbatch --array.");
        if (Number(SlurmLast, environment, 0) is int last && last - first + 1 != tasks)
        {
            throw new ArgumentException(
                $"{SlurmFirst}={first}, {SlurmLast}={last} and {SlurmCount}={tasks}: the array leaves numbers out, so it cannot be told which shard task {id} is. Give --shard-count, and an array from 0.");
        }
        return (new Shard(id - first, tasks), source);
    }

    private static int? Number(string name, Func<string, string?> environment, int least) => environment(name) switch
    {
        null or "" => null,
        string text when Parse(text) is int value && value >= least => value,
        string text => throw new ArgumentException($"The environment variable {name} is '{text}'. It is a whole number from {least}."),
    };

    private static int? Parse(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;

    private static ArgumentException Disagree(string one, string other) =>
        new($"{one}, but {other}. Only one can be meant: leave one of them out.");
}
