namespace MLTransfer.Cli.Demo;

/// <summary>One demonstration from end to end, without a word on the screen: compare, train, save, load, score.</summary>
internal interface IDemo
{
    /// <summary>What it works on, in a sentence.</summary>
    string Description { get; }

    /// <summary>What stands in the place of the backbone on the side without transfer.</summary>
    string Without { get; }

    /// <summary>What it trains on in the end.</summary>
    string Training { get; }

    /// <summary>What is scored in the end.</summary>
    string Scoring { get; }

    /// <summary>What a scored row is.</summary>
    string RowName { get; }

    int RowCount { get; }

    int ClassCount { get; }

    string Backbone { get; }

    /// <summary>Rows that were left out, each with its reason.</summary>
    IReadOnlyList<string> Problems { get; }

    TransferComparison Compare(int seedCount, IProgress<CompareProgress> progress, CancellationToken cancel);

    /// <summary>Trains on all rows but those that are scored, and saves the model: whole or not at all.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; an older file is as it was.</exception>
    void TrainAndSave(string path, CancellationToken cancel);

    /// <summary>Loads a saved model as any program would, and scores rows that it has not seen.</summary>
    IReadOnlyList<ScoredRow> LoadAndScore(string path);
}
