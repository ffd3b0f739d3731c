namespace MLTransfer.Distillation;

/// <summary>How teachers are run.</summary>
/// <param name="CacheFolder">Where their outputs are kept on disk, or null.</param>
/// <param name="BatchSize">Rows of a batch: what is lost at most where the process is killed.</param>
/// <param name="Progress">Told after each batch.</param>
/// <param name="CancellationToken">Ends the work between two batches.</param>
internal sealed record TeacherSettings(string? CacheFolder, int BatchSize, IProgress<DistillationProgress>? Progress, CancellationToken CancellationToken);

/// <summary>What teachers did.</summary>
internal sealed class TeacherCount
{
    /// <summary>Distinct rows that were run.</summary>
    public long RunRows { get; set; }

    /// <summary>Distinct rows whose outputs were found on disk.</summary>
    public long CachedRows { get; set; }
}
