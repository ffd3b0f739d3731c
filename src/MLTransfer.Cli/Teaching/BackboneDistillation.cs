using Microsoft.ML;

namespace MLTransfer.Cli.Teaching;

/// <summary>Teaches a backbone another's features of texts.</summary>
/// <param name="teacher">The teacher.</param>
/// <param name="student">The student.</param>
/// <param name="texts">What both read.</param>
/// <param name="settings">How it learns.</param>
internal sealed class BackboneDistillation(Backbone teacher, Backbone student, IReadOnlyList<string> texts, DistillSettings settings)
{
    private static readonly TrainingOptions Defaults = DistillBackboneOptions.DefaultFineTuning.Training;

    public int EpochCount => Training(null, default).EpochCount;

    /// <summary>The share of texts that choose the epoch.</summary>
    public double HeldOutFraction => settings.HoldOut ?? Defaults.HeldOutFraction;

    /// <summary>The terms that are minimised.</summary>
    public IReadOnlyList<DistillationLoss> Losses => settings.Losses.IsEmpty ? [DistillationLoss.Cosine(1), DistillationLoss.Similarity(0.1, 1)] : settings.Losses;

    /// <summary>Runs the teacher over what it has not seen, and trains.</summary>
    /// <exception cref="OperationCanceledException">Cancelled. The teacher's outputs are in the cache, the training's state in the checkpoint, where there are some.</exception>
    public DistilledBackbone Run(IProgress<DistillationProgress> teaching, IProgress<TrainingProgress> training, CancellationToken cancel)
    {
        var ml = new MLContext(settings.Seed);
        DistilledBackbone result = ml.Transfer().DistillBackbone(teacher, student, ml.Data.LoadFromEnumerable(Rows(cancel)), new DistillBackboneOptions
        {
            Losses = [.. Losses],
            CacheFolder = settings.CachePath,
            TeacherProgress = teaching,
            FineTuning = DistillBackboneOptions.DefaultFineTuning with
            {
                Freezing = settings.Student.FineTune ?? FreezingPlan.Everything,
                Int8ToFloat = settings.Student.Int8ToFloat,
                Training = Training(training, cancel),
            },
        });
        // A cancelled training returns the best so far.
        cancel.ThrowIfCancellationRequested();
        return result;
    }

    private TrainingOptions Training(IProgress<TrainingProgress>? progress, CancellationToken cancel) => settings.Options(Defaults, progress, cancel) with
    {
        HeldOutFraction = HeldOutFraction,
        EarlyStopping = settings.EarlyStop is int patience ? new EarlyStopping { Patience = patience } : null,
    };

    private IEnumerable<TextRow> Rows(CancellationToken cancel)
    {
        foreach (string text in texts)
        {
            cancel.ThrowIfCancellationRequested();
            yield return new TextRow { Text = text };
        }
    }

    private sealed class TextRow
    {
        public string Text { get; set; } = "";
    }
}
