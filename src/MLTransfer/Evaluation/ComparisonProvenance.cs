namespace MLTransfer;

/// <summary>What a comparison was made of: with the same of it, the same numbers come again.</summary>
public sealed record ComparisonProvenance
{
    internal ComparisonProvenance()
    {
    }

    /// <summary>The version of this library.</summary>
    public required string LibraryVersion { get; init; }

    /// <summary><see cref="CompareOptions.DataDescription"/>; null where it was not set.</summary>
    public required string? Data { get; init; }

    /// <summary>The pipeline with transfer.</summary>
    public required string With { get; init; }

    /// <summary>The pipeline without.</summary>
    public required string Without { get; init; }

    /// <summary>The trainer of both.</summary>
    public required string Trainer { get; init; }

    /// <summary>Rows with a label, from which the samples were drawn.</summary>
    public required int RowCount { get; init; }

    /// <summary>Rows that were left out because their label is missing.</summary>
    public required int UnlabelledRowCount { get; init; }

    /// <summary>Rows that each run was measured on.</summary>
    public required int TestRowCount { get; init; }

    /// <summary>The part of each class that each seed put aside to measure on; null where there were <see cref="CompareOptions.TestData"/>.</summary>
    public required double? TestFraction { get; init; }

    /// <summary>The classes and their rows in the data, in ordinal order.</summary>
    public required IReadOnlyList<LabelCount> Classes { get; init; }

    /// <summary>The seeds that were asked for.</summary>
    public required IReadOnlyList<int> Seeds { get; init; }
}

/// <summary>A class and how many rows have it.</summary>
/// <param name="Name">The class.</param>
/// <param name="RowCount">Its rows.</param>
public sealed record LabelCount(string Name, int RowCount);
