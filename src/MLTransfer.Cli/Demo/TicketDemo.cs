using Microsoft.ML;

namespace MLTransfer.Cli.Demo;

/// <summary>The demo on support tickets.</summary>
internal sealed class TicketDemo(Backbone backbone) : IDemo
{
    private readonly MLContext _ml = new(seed: 0);
    private readonly List<Ticket> _tickets = Tickets.Labelled();

    public string Description => $"{RowCount} support tickets in {ClassCount} classes; backbone {backbone}";

    public string Without => "hashed n-grams";

    public string Training => $"Trained on all {RowCount} tickets";

    public string Scoring => "New tickets";

    public string RowName => "ticket";

    public int RowCount => _tickets.Count;

    public int ClassCount => _tickets.DistinctBy(t => t.Label).Count();

    public string Backbone => backbone.Name;

    public IReadOnlyList<string> Problems => [];

    public TransferComparison Compare(int seedCount, IProgress<CompareProgress> progress, CancellationToken cancel) =>
        _ml.Transfer().CompareWithAndWithout(Data(), _ml.Transforms.EmbedText("Features", backbone, "Text"), new CompareOptions
        {
            LabelsPerClass = [4, 8, 16],
            Seeds = [.. Enumerable.Range(0, seedCount)],
            // 20 of each class's 40 to measure on, 20 to draw up to 16 from.
            TestFraction = 0.5,
            Progress = progress,
            CancellationToken = cancel,
        });

    public void TrainAndSave(string path, CancellationToken cancel) => DemoModel.TrainAndSave(_ml, Data(), _ml.Transforms.EmbedText("Features", backbone, "Text"), path, cancel);

    public IReadOnlyList<ScoredRow> LoadAndScore(string path)
    {
        List<Ticket> tickets = Tickets.New();
        return DemoModel.LoadAndScore(path, tickets, tickets.Select(t => t.Text));
    }

    private IDataView Data() => _ml.Data.LoadFromEnumerable(_tickets);
}
