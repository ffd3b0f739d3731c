using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MLTransfer.Onnx.Training;

/// <summary>
/// Everything that decides what a run ends with, as lines "name = value": a checkpoint holds it, so that one of another run is refused with the name of what differs. Not in it: the path
/// and rhythm of checkpoints, progress, cancellation, and the number of threads (a problem that sums in another order on other threads differs in the last bits only).
/// </summary>
internal static class RunConfiguration
{
    /// <param name="problem">Count, lengths and weights of its rows are part of it.</param>
    /// <param name="layout">Every tensor and its settings.</param>
    /// <param name="start">Start weights; their hash is part of it.</param>
    /// <param name="options">How to train.</param>
    /// <param name="lengthBudget">Padded places of a micro-batch at most.</param>
    /// <param name="dataFingerprint">The caller's hash of rows, labels and graph.</param>
    public static string Describe(
        ITrainingProblem problem, ParameterLayout layout, float[] start, TrainingOptions options, int? lengthBudget, string dataFingerprint) => string.Join('\n',
        Line("rows", problem.RowCount), Line("data", dataFingerprint), Line("lengths and weights of rows", RowHash(problem)), Line("lengthBudget", lengthBudget),
        Line(nameof(options.EpochCount), options.EpochCount), Line(nameof(options.BatchSize), options.BatchSize),
        Line(nameof(options.AccumulationCount), options.AccumulationCount), Line(nameof(options.LearningRate), options.LearningRate),
        Line(nameof(options.Optimizer), options.Optimizer), Line(nameof(options.WeightDecay), options.WeightDecay), Line(nameof(options.Schedule), options.Schedule),
        Line(nameof(options.GradientClipNorm), options.GradientClipNorm),
        Line(nameof(EarlyStopping), options.EarlyStopping is null ? null : FormattableString.Invariant($"{options.EarlyStopping.Patience}, {options.EarlyStopping.MinimumImprovement:R}")),
        Line(nameof(options.SelectionCriterion), options.SelectionCriterion), Line(nameof(options.HeldOutFraction), options.HeldOutFraction),
        Line(nameof(options.WeightAverageDecay), options.WeightAverageDecay), Line(nameof(options.L2Sp), options.L2Sp), Line(nameof(options.Seed), options.Seed),
        string.Join('\n', layout.Tensors.Select(t => Line($"tensor '{t.Name}'", Describe(t)))),
        Line("start weights", Hash(MemoryMarshal.AsBytes(start.AsSpan()))));

    /// <summary>The lines that are not the same in two descriptions: name, value in the first, value in the second ("absent" where there is no such line).</summary>
    public static IEnumerable<(string Name, string First, string Second)> Differences(string first, string second)
    {
        Dictionary<string, string> a = Lines(first);
        Dictionary<string, string> b = Lines(second);
        return a.Keys.Union(b.Keys).Where(name => a.GetValueOrDefault(name) != b.GetValueOrDefault(name))
            .Select(name => (name, a.GetValueOrDefault(name, "absent"), b.GetValueOrDefault(name, "absent")));
    }

    private static Dictionary<string, string> Lines(string description)
    {
        Dictionary<string, string> lines = [];
        foreach (string line in description.Split('\n'))
        {
            int end = line.LastIndexOf(" = ", StringComparison.Ordinal);
            lines[end < 0 ? line : line[..end]] = end < 0 ? "" : line[(end + 3)..];
        }
        return lines;
    }

    private static string Line(string name, object? value) => $"{name} = {Convert.ToString(value ?? "none", CultureInfo.InvariantCulture)}".ReplaceLineEndings(" ");

    private static string Describe(TrainedTensor t) => FormattableString.Invariant(
        $"[{string.Join(", ", t.Shape)}] at {t.Offset}, decays {t.Decays}, rate × {t.LearningRateFactor:R}, from epoch {t.FirstEpoch}, pretrained {t.IsPretrained}");

    private static string RowHash(ITrainingProblem problem)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[sizeof(int) + sizeof(double)];
        for (int row = 0; row < problem.RowCount; row++)
        {
            BitConverter.TryWriteBytes(bytes, problem.LengthOf(row));
            BitConverter.TryWriteBytes(bytes[sizeof(int)..], problem.WeightOf(row));
            hash.AppendData(bytes);
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));
}
