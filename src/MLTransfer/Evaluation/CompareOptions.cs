using Microsoft.ML;

namespace MLTransfer;

/// <summary>Settings of <see cref="TransferOperations.CompareWithAndWithout(IDataView, IEstimator{ITransformer}, CompareOptions)"/>.</summary>
public sealed record CompareOptions
{
    /// <summary>The label column: text, key, boolean or integer. Default: "Label".</summary>
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

    /// <summary>The text column that the default of <see cref="Without"/> reads. Default: "Text".</summary>
    /// <exception cref="ArgumentException">Empty.</exception>
    public string TextColumnName
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(TextColumnName));
            field = value;
        }
    } = "Text";

    /// <summary>The vector column that both pipelines deliver and the trainer reads. Default: "Features".</summary>
    /// <exception cref="ArgumentException">Empty.</exception>
    public string FeatureColumnName
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(FeatureColumnName));
            field = value;
        }
    } = "Features";

    /// <summary>The pipeline without transfer. Default: hashed words and pairs of words of the text, lower-cased, 2¹⁴ columns, each row of Euclidean norm 1.</summary>
    public IEstimator<ITransformer>? Without { get; init; }

    /// <summary>
    /// Makes the multiclass trainer of both sides, given a context whose seed is the run's. It reads the key column <see cref="LabelColumnName"/> and
    /// <see cref="FeatureColumnName"/>, and its model delivers a Score for each class. Default: <c>LinearHead</c>.
    /// </summary>
    public Func<MLContext, IEstimator<ITransformer>>? Trainer { get; init; }

    /// <summary>
    /// Labels of each class to train on, one series of runs for each number. Default: 1, 2, 5, 10, 20 and 50, without those for which the smallest class has too few rows
    /// (<see cref="TransferComparison.LeftOutLabelsPerClass"/>); of numbers that were set none is left out.
    /// </summary>
    /// <exception cref="ArgumentException">Empty, or a number stands twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public IReadOnlyList<int> LabelsPerClass
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(LabelsPerClass));
            RequireDistinct(value, nameof(LabelsPerClass));
            foreach (int count in value)
                ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(LabelsPerClass));
            field = [.. value.Order()];
            AreLabelsPerClassSet = true;
        }
    } = [1, 2, 5, 10, 20, 50];

    internal bool AreLabelsPerClassSet { get; private init; }

    /// <summary>One run for each seed; it decides the sample and is the trainer's. Default: 0 to 4.</summary>
    /// <exception cref="ArgumentException">Empty, or a seed stands twice.</exception>
    public IReadOnlyList<int> Seeds
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Seeds));
            RequireDistinct(value, nameof(Seeds));
            field = [.. value];
        }
    } = [0, 1, 2, 3, 4];

    /// <summary>Labelled rows to measure on, with the same columns as the training rows. Default: none; a part of the rows is put aside, another one for each seed.</summary>
    public IDataView? TestData { get; init; }

    /// <summary>The part of each class that is put aside to measure on where there is no <see cref="TestData"/>, above 0 and below 1. Default: 0.25.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not between 0 and 1.</exception>
    public double TestFraction
    {
        get;
        init
        {
            if (value is not (> 0 and < 1))
                throw new ArgumentOutOfRangeException(nameof(TestFraction), value, "The part to measure on lies above 0 and below 1.");
            field = value;
        }
    } = 0.25;

    /// <summary>What the rows are, such as the name of their file, for reports. Default: not said.</summary>
    public string? DataDescription { get; init; }

    /// <summary>What the pipeline with transfer is, for reports. Default: its backbone, or the type of its estimator.</summary>
    public string? WithDescription { get; init; }

    /// <summary>What <see cref="Without"/> is, for reports. Default: "hashed n-grams" where nothing was set, or the type of its estimator.</summary>
    public string? WithoutDescription { get; init; }

    /// <summary>What <see cref="Trainer"/> is, for reports. Default: the type of what it makes.</summary>
    public string? TrainerDescription { get; init; }

    /// <summary>Told after each run. Default: nobody.</summary>
    public IProgress<CompareProgress>? Progress { get; init; }

    /// <summary>Stops between runs; what is done is returned.</summary>
    public CancellationToken CancellationToken { get; init; }

    private static void RequireDistinct(IReadOnlyList<int> values, string option)
    {
        if (values.Count == 0)
            throw new ArgumentException("At least one number is needed.", option);
        if (values.Distinct().Count() != values.Count)
            throw new ArgumentException($"A number stands twice in {string.Join(", ", values)}.", option);
    }
}
