namespace MLTransfer.Persistence;

/// <summary>
/// What steps do otherwise in a job that scores each row once than in a program: no features are held, a row that cannot be read is reported and filled with not-a-number whatever the
/// saved policy, and the first window is as large as the later ones. Holds for models that are loaded and views that are made between <see cref="Enter"/> and its disposal, in that flow of execution.
/// </summary>
/// <param name="RowErrors">Told of each row that cannot be read, by its position in the step's input, before its values are delivered.</param>
internal sealed record JobSettings(IProgress<RowError> RowErrors)
{
    private static readonly AsyncLocal<JobSettings?> Ambient = new();

    /// <summary>Those of the present flow of execution; null in a program.</summary>
    public static JobSettings? Current => Ambient.Value;

    /// <summary>Bytes of features that a backbone made now may hold.</summary>
    public static long CacheLimit => Current is null ? FeatureCache.DefaultMemoryLimit : 0;

    public IDisposable Enter()
    {
        JobSettings? before = Ambient.Value;
        Ambient.Value = this;
        return new Scope(before);
    }

    private sealed class Scope(JobSettings? before) : IDisposable
    {
        public void Dispose() => Ambient.Value = before;
    }
}
