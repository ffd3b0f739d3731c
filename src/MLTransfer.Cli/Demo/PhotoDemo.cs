using Microsoft.ML;

namespace MLTransfer.Cli.Demo;

/// <summary>The demo on photos.</summary>
internal sealed class PhotoDemo(Backbone backbone, Photos photos) : IDemo
{
    private const int ShownCount = 8;

    private static readonly int[] Counts = [2, 4, 8, 16];

    private readonly MLContext _ml = new(seed: 0);

    // One photo of each class, up to eight, is kept from training, so that what is shown at the end is new to the model.
    private readonly Photo[] _shown = [.. photos.Rows.GroupBy(r => r.Label).Take(ShownCount).Select(g => g.Last())];

    public string Description => $"{RowCount} photos in {ClassCount} classes, {Problems.Count} left out; backbone {backbone}";

    public string Without => "16 × 16 pixels";

    public string Training => "Trained on all photos but those below";

    public string Scoring => "Photos it has not seen";

    public string RowName => "photo";

    public int RowCount => photos.Rows.Count;

    public int ClassCount => photos.Classes.Count;

    public string Backbone => backbone.Name;

    public IReadOnlyList<string> Problems => photos.Problems;

    public TransferComparison Compare(int seedCount, IProgress<CompareProgress> progress, CancellationToken cancel) =>
        _ml.Transfer().CompareWithAndWithout(_ml.Data.LoadFromEnumerable(photos.Rows), _ml.Transforms.EmbedImage("Features", backbone), new CompareOptions
        {
            LabelsPerClass = [.. Counts.Where(n => n <= photos.SmallestClass / 2)],
            Seeds = [.. Enumerable.Range(0, seedCount)],
            TestFraction = 0.5,
            Without = _ml.Transforms.CopyColumns("Features", "Pixels"),
            Progress = progress,
            CancellationToken = cancel,
        });

    public void TrainAndSave(string path, CancellationToken cancel) =>
        DemoModel.TrainAndSave(_ml, _ml.Data.LoadFromEnumerable(photos.Rows.Except(_shown)), _ml.Transforms.EmbedImage("Features", backbone), path, cancel);

    public IReadOnlyList<ScoredRow> LoadAndScore(string path) => DemoModel.LoadAndScore(path, _shown, _shown.Select(p => p.Image));
}
