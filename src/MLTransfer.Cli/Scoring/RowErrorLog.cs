namespace MLTransfer.Cli.Scoring;

/// <summary>Keeps what a model's steps say of rows that they cannot read. Thread-safe.</summary>
internal sealed class RowErrorLog : IProgress<RowError>
{
    private readonly Dictionary<long, RowError> _errors = [];
    private readonly Lock _lock = new();

    public void Report(RowError value)
    {
        lock (_lock)
            _errors[value.Row] = value;
    }

    /// <summary>What was said since the last time, by the position of the row in the view.</summary>
    public IReadOnlyDictionary<long, RowError> Take()
    {
        lock (_lock)
        {
            var taken = new Dictionary<long, RowError>(_errors);
            _errors.Clear();
            return taken;
        }
    }
}
