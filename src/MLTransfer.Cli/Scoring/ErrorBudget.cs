using System.Globalization;

namespace MLTransfer.Cli.Scoring;

/// <summary>How many rows of a shard may fail. Not thread-safe.</summary>
internal sealed class ErrorBudget
{
    private const int Kept = 1000;

    private readonly double _rate;
    private readonly long _rowCount;
    private readonly long _allowed;

    /// <param name="rate">The share of rows that may fail, 0 to 1.</param>
    /// <param name="rowCount">Rows of the shard.</param>
    /// <param name="known">Failures of earlier runs.</param>
    public ErrorBudget(double rate, long rowCount, long known)
    {
        (_rate, _rowCount, Count) = (rate, rowCount, known);
        _allowed = (long)Math.Floor(rate * rowCount);
    }

    /// <summary>Failures so far.</summary>
    public long Count { get; private set; }

    /// <summary>The failures of this run, the first thousand.</summary>
    public List<RowFailure> Failures { get; } = [];

    public bool IsExceeded => Count > _allowed;

    /// <exception cref="TooManyErrorsException">More rows failed than may.</exception>
    public void Add(RowFailure failure)
    {
        Count++;
        if (Failures.Count < Kept)
            Failures.Add(failure);
        Check();
    }

    /// <exception cref="TooManyErrorsException">More rows failed than may.</exception>
    public void Check()
    {
        if (!IsExceeded)
            return;
        string first = Failures.Count == 0 ? "" : $" The first: '{Failures[0].File}', {Failures[0].Place}: {Failures[0].Error}";
        throw new TooManyErrorsException(string.Create(CultureInfo.InvariantCulture,
            $"{Count:N0} of {_rowCount:N0} rows failed, and --max-error-rate {_rate} allows {_allowed:N0}.{first}"));
    }
}

/// <summary>More rows failed than may. The same command fails again, unless it is told to allow more.</summary>
internal sealed class TooManyErrorsException(string message) : Exception(message);
