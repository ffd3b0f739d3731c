using System.Collections.Immutable;
using Microsoft.ML;

namespace MLTransfer.Benchmarks.Quality;

/// <summary>Who learns: "same" where it is of the teacher's kind, "across" where it is of another.</summary>
/// <param name="Kind">Its name in figures.</param>
/// <param name="Features">Makes the features that its head reads; null where it reads the rows itself.</param>
/// <param name="Make">The student for so many training rows of so many that there are, and a seed.</param>
internal sealed record DistillStudent(string Kind, Func<MLContext, IEstimator<ITransformer>>? Features, Func<int, int, int, Student> Make);

/// <summary>One set of data, its teacher and its students.</summary>
internal sealed record DistillStudy<T>
    where T : class
{
    public required string Set { get; init; }

    public required List<T> Train { get; init; }

    public required List<T> Test { get; init; }

    public required Func<T, string> Label { get; init; }

    /// <summary>The row without its label.</summary>
    public required Func<T, T> Unlabelled { get; init; }

    /// <summary>What is fitted on the labelled rows.</summary>
    public required Func<MLContext, IEstimator<ITransformer>> Teacher { get; init; }

    public required ImmutableArray<DistillStudent> Students { get; init; }
}

/// <summary>One sample of labels: the teacher fitted on it, and the rows with and without labels.</summary>
internal sealed class DistillSample<T>
    where T : class
{
    private readonly MLContext _ml;
    private readonly int _seed;
    private readonly T[] _labelled;
    private readonly IDataView _labelledRows;
    private readonly IDataView _allRows;
    private readonly IDataView _tests;
    private readonly ITransformer _teacher;
    private readonly int _rowCount;

    private DistillSample(DistillStudy<T> study, int count, int seed)
    {
        _ml = new MLContext(seed);
        _seed = seed;
        T[] shuffled = [.. study.Train];
        new Random(seed).Shuffle(shuffled);
        _labelled = [.. shuffled.GroupBy(study.Label).SelectMany(g => g.Take(count))];
        HashSet<T> chosen = [.. _labelled];
        _rowCount = shuffled.Length;
        // The key has all classes, in one order, and none for a row without a label.
        var key = _ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Fit(_ml.Data.LoadFromEnumerable(study.Train));
        _labelledRows = key.Transform(_ml.Data.LoadFromEnumerable(_labelled));
        _allRows = key.Transform(_ml.Data.LoadFromEnumerable(shuffled.Select(r => chosen.Contains(r) ? r : study.Unlabelled(r)).ToArray()));
        _tests = key.Transform(_ml.Data.LoadFromEnumerable(study.Test));
        _teacher = study.Teacher(_ml).Fit(_labelledRows);
        TeacherAccuracy = Accuracy(_teacher.Transform(_tests));
    }

    public double TeacherAccuracy { get; }

    public static DistillSample<T> Draw(DistillStudy<T> study, int count, int seed) => new(study, count, seed);

    /// <summary>Accuracy on test rows of the student trained on labels alone, and of the same student taught.</summary>
    public (double Hard, double Distilled) Measure(DistillStudent student)
    {
        Student few = student.Make(_labelled.Length, _rowCount, _seed), all = student.Make(_rowCount, _rowCount, _seed);
        // Features that are fitted (n-grams) are fitted on all texts: no label is needed for that, and both sides get the same.
        ITransformer? features = student.Features?.Invoke(_ml).Fit(_allRows);
        IDataView With(IDataView rows) => features?.Transform(rows) ?? rows;
        using DistilledTransformer hard = _ml.MulticlassClassification.Trainers.Distilled(new DistilledOptions { Student = few, Losses = [DistillationLoss.Hard(1)] }).Fit(With(_labelledRows));
        using DistilledTransformer taught = _ml.MulticlassClassification.Trainers.Distilled(
            new DistilledOptions { Student = all, Teacher = Teacher.FromModel(_teacher), Losses = DistillSettings.Losses }).Fit(With(_allRows));
        return (Accuracy(hard.Transform(With(_tests))), Accuracy(taught.Transform(With(_tests))));
    }

    private double Accuracy(IDataView scored) => _ml.MulticlassClassification.Evaluate(scored).MicroAccuracy;
}
