using System.Collections.Immutable;

namespace MLTransfer;

/// <summary>How a backbone learns another's features.</summary>
public sealed record DistillBackboneOptions
{
    /// <summary>
    /// The defaults of <see cref="FineTuning"/>: everything is trained, 20 epochs of batches of 128 at a learning rate of 0.001, a twentieth of the rows held out, and the weights of the epoch
    /// kept whose features agree best with the teacher's there.
    /// </summary>
    public static FineTuneOptions DefaultFineTuning { get; } = FineTuneOptions.FromScratch with
    {
        Training = new TrainingOptions { EpochCount = 20, BatchSize = 128, LearningRate = 1e-3, HeldOutFraction = 0.05, SelectionCriterion = SelectionCriterion.Metric },
    };

    /// <summary>The column that teacher and student read. Default: "Text", "Image", "Audio" or "Features", by what the student reads.</summary>
    /// <exception cref="ArgumentException">Empty.</exception>
    public string? InputColumnName
    {
        get;
        init
        {
            if (value is not null)
                ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(InputColumnName));
            field = value;
        }
    }

    /// <summary>
    /// Terms on features, of which student and teacher have the same number here. Default, where empty: <see cref="DistillationLoss.Cosine"/> and <see cref="DistillationLoss.Similarity"/> at
    /// temperature 0.1, both with weight 1.
    /// </summary>
    public ImmutableArray<DistillationLoss> Losses
    {
        get;
        init => field = value.IsDefault ? [] : value.Contains(null!) ? throw new ArgumentNullException(nameof(Losses)) : value;
    } = [];

    /// <summary>
    /// What is trained, and how. The label is not read, nor is what it says of a head; a weight column is. Default: <see cref="DefaultFineTuning"/>.
    /// </summary>
    public FineTuneOptions FineTuning
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(FineTuning));
            field = value;
        }
    } = DefaultFineTuning;

    /// <summary>A folder in which the teacher's features are kept; see <see cref="DistilledOptions.CacheFolder"/>. Default: null.</summary>
    /// <exception cref="ArgumentException">Empty.</exception>
    public string? CacheFolder
    {
        get;
        init
        {
            if (value is not null)
                ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(CacheFolder));
            field = value;
        }
    }

    /// <summary>Rows that the teacher is given at a time; see <see cref="DistilledOptions.TeacherBatchSize"/>. 1 or above. Default: 256.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int TeacherBatchSize
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(TeacherBatchSize));
            field = value;
        }
    } = 256;

    /// <summary>Told of the teacher's progress, after each batch. Default: nobody.</summary>
    public IProgress<DistillationProgress>? TeacherProgress { get; init; }
}
