using System.Collections.Immutable;

namespace MLTransfer;

/// <summary>Who teaches, who learns, and what is minimised.</summary>
public sealed record DistilledOptions
{
    /// <summary>
    /// The label: a key or class probabilities, for two classes Boolean or the probability of true, for a quantity Single. Rows whose label is missing (a missing key; NaN) learn from the
    /// teacher alone. Default: "Label".
    /// </summary>
    /// <exception cref="ArgumentException">Empty.</exception>
    public string LabelColumnName
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(LabelColumnName));
            field = value;
        }
    } = "Label";

    /// <summary>The weight of each row, Single. Default: null, all weigh the same.</summary>
    public string? WeightColumnName { get; init; }

    /// <summary>Whose scores are taught. Needed by the losses on scores, which the default ones are.</summary>
    public Teacher? Teacher { get; init; }

    /// <summary>Whose features are taught (<see cref="MLTransfer.Teacher.FromFeatures"/>). Needed by the losses on features. Default: null.</summary>
    public Teacher? FeatureTeacher { get; init; }

    /// <summary>Who learns. Default: layers on the column "Features".</summary>
    public Student Student
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Student));
            field = value;
        }
    } = Student.Head();

    /// <summary>
    /// The terms that are added up. Default, where empty: labels (<see cref="DistillationLoss.Hard"/>, 0.5) and the teacher's scores (<see cref="DistillationLoss.Hinton"/> at temperature 2, for
    /// quantities <see cref="DistillationLoss.Estimate"/>, 0.5).
    /// </summary>
    public ImmutableArray<DistillationLoss> Losses
    {
        get;
        init => field = value.IsDefault ? [] : value.Contains(null!) ? throw new ArgumentNullException(nameof(Losses)) : value;
    } = [];

    /// <summary>
    /// A folder in which the teachers' outputs are kept, so that a run that was killed goes on where it was, and a second run runs no teacher. Several processes may share it. It may be
    /// deleted whenever nobody uses it. Default: null, outputs live in memory while the student is fitted.
    /// </summary>
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

    /// <summary>Rows that a teacher is given at a time; after each batch its outputs are in the cache. 1 or above. Default: 256.</summary>
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

    /// <summary>Told of the teachers' progress, after each batch. Training tells <see cref="TrainingOptions.Progress"/>. Default: nobody.</summary>
    public IProgress<DistillationProgress>? TeacherProgress { get; init; }
}
