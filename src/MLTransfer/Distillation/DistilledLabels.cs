using System.Collections.Immutable;
using System.Numerics.Tensors;
using MLTransfer.Heads;
using MLTransfer.Heads.Network;
using MLTransfer.Internal;

namespace MLTransfer.Distillation;

/// <summary>What the teachers said of every row of the data, before the student's rows are read.</summary>
/// <param name="Scores">n × K: logits, or estimates of a quantity; null where no term reads them.</param>
/// <param name="Features">n × F; null where no term reads them.</param>
/// <param name="FeatureWidth">F.</param>
internal sealed record Lesson(float[]? Scores, float[]? Features, int FeatureWidth);

/// <summary>Labels, where there are some, and the teachers' answers as targets of one training.</summary>
internal sealed class DistilledLabels : HeadLabels
{
    private readonly string _step;
    private readonly string _labelColumn;
    private readonly HeadLabels _labels;
    private readonly OptionalLabels _column;
    private readonly Lesson _lesson;
    private readonly ImmutableArray<DistillationLoss> _losses;
    private readonly int _studentWidth;
    private readonly int _seed;

    /// <param name="step">Who learns, for messages.</param>
    /// <param name="labelColumn">The label column's name.</param>
    /// <param name="labels">The labels of the task.</param>
    /// <param name="lesson">The teachers' answers.</param>
    /// <param name="losses">The terms.</param>
    /// <param name="studentWidth">Numbers of the student's feature.</param>
    /// <param name="seed">Decides the start weights of a projection.</param>
    public DistilledLabels(string step, string labelColumn, HeadLabels labels, Lesson lesson, ImmutableArray<DistillationLoss> losses, int studentWidth, int seed)
    {
        (_step, _labelColumn, _labels, _lesson, _losses, _studentWidth, _seed) = (step, labelColumn, labels, lesson, losses, studentWidth, seed);
        _column = new OptionalLabels(labels.Column);
    }

    public override LabelColumn Column => _column;

    public override HeadOutput Output => _labels.Output;

    /// <summary>Rows that have a label.</summary>
    public int LabelledCount => _column.Places.Where((_, i) => _column.HasLabel[i]).Distinct().Count();

    /// <summary>All rows, whatever number of views each has.</summary>
    public int RowCount => _column.Places.Distinct().Count();

    public override HeadTargets ToTargets(double[] rowWeights)
    {
        int count = rowWeights.Length, width = Output.LogitCount;
        bool[] labelled = [.. _column.HasLabel];
        int[] places = [.. Enumerable.Range(0, count).Where(i => labelled[i])];
        bool needsLabels = _losses.Any(l => l.NeedsLabels);
        if (needsLabels && places.Length == 0)
            throw Throw.NothingLabelled(_step, _labelColumn, count);
        if (needsLabels && places.All(i => rowWeights[i] == 0))
            throw Throw.LabelledRowsWeighNothing(_step, places.Length);
        HeadTargets? hard = !needsLabels ? null : _labels.ToTargets([.. places.Select(i => rowWeights[i])]);
        if (hard is not null && hard.Weights.All(w => w == 0))
            throw Throw.ClassWeightsAllZero();

        float[] truth = new float[count * width];
        double[] hardWeights = new double[count];
        for (int i = 0; hard is not null && i < places.Length; i++)
        {
            hard.Values.AsSpan(i * width, width).CopyTo(truth.AsSpan(places[i] * width));
            // What the class weights make of it, beside the row's own weight that all terms have.
            hardWeights[places[i]] = rowWeights[places[i]] > 0 ? hard.Weights[i] / rowWeights[places[i]] : 0;
        }
        float[]? scores = _lesson.Scores is null ? null : Take(_lesson.Scores, width);
        (double mean, double scale) = Standard(hard, scores);
        if (Output is RegressionOutput && scores is not null)
            scores = [.. scores.Select(s => (float)((s - mean) / scale))];
        int[] answers = scores is null || Output is RegressionOutput ? [] : Answers(scores, width);
        int[] classes = Output is RegressionOutput ? [] : [.. Enumerable.Range(0, count).Select(i => labelled[i] && hard is not null ? hard.Strata[Array.BinarySearch(places, i)] : answers.Length > 0 ? answers[i] : 0)];

        FeatureMatch? match = _losses.Any(l => l.NeedsFeatures) ? new FeatureMatch(_studentWidth, _lesson.FeatureWidth, _losses, _seed) : null;
        var targets = new DistilledTargets(_losses, count);
        targets.Add(l => l.Term == DistillationTerm.Hard, width, truth);
        if (scores is not null)
            targets.Add(l => l.NeedsScores, width, scores);
        if (_losses.Any(l => l.Term == DistillationTerm.Decoupled))
            targets.Add(l => l.Term == DistillationTerm.Decoupled, width, OneHot(classes, width));
        if (_lesson.Features is not null)
            targets.Add(l => l.NeedsFeatures, _lesson.FeatureWidth, Take(_lesson.Features, _lesson.FeatureWidth));
        // Without the teacher's answers only rows with a label can be judged.
        double[] judged = scores is not null ? rowWeights : [.. rowWeights.Select((w, i) => labelled[i] ? w : 0)];
        int predicted = width + (match?.Width ?? 0);
        return new HeadTargets
        {
            Values = targets.Values((loss, row) => loss.NeedsLabels ? hardWeights[row] : 1),
            TargetWidth = targets.Width,
            Weights = rowWeights,
            Loss = targets.Loss(width, hard?.Loss, Output is BinaryOutput, match),
            Match = match,
            Output = Output,
            LabelMean = mean,
            LabelScale = scale,
            LinearValues = scores is null ? null : Blend(truth, hardWeights, scores),
            // Rows with and without a label are held out by the same share.
            Strata = [.. classes.Select((c, i) => labelled[i] ? c : c + Math.Max(2, width))],
            MetricName = scores is null ? "accuracy on labels" : Output is RegressionOutput ? "R² to the teacher" : "agreement with the teacher",
            Metric = (rows, predictions) => Output is RegressionOutput
                ? Determination(rows, predictions, predicted, scores ?? truth, judged)
                : HeadTargets.Share(rows, judged, (i, row) => Answer(predictions.AsSpan(i * predicted, width)) == (answers.Length > 0 ? answers[row] : classes[row])),
        };
    }

    /// <summary>Rows of the data in the order of the rows kept.</summary>
    private float[] Take(float[] values, int width)
    {
        float[] taken = new float[_column.Places.Count * width];
        for (int i = 0; i < _column.Places.Count; i++)
        {
            if ((_column.Places[i] + 1) * width > values.Length)
                throw Throw.TeacherRowsChanged(_step, values.Length / width, _column.Places[i] + 1);
            values.AsSpan(_column.Places[i] * width, width).CopyTo(taken.AsSpan(i * width));
        }
        return taken;
    }

    /// <summary>Of quantities: mean and deviation of the labels, or of the teacher's estimates where there are none.</summary>
    private (double Mean, double Scale) Standard(HeadTargets? hard, float[]? scores)
    {
        if (Output is not RegressionOutput)
            return (0, 1);
        if (hard is not null)
            return (hard.LabelMean, hard.LabelScale);
        double mean = scores!.Average(s => (double)s);
        double deviation = Math.Sqrt(scores!.Average(s => (s - mean) * (s - mean)));
        return (mean, deviation > 0 ? deviation : 1);
    }

    /// <summary>Labels and the teacher's answers in one, by the weights of their terms: what the best linear head is asked for where training starts from it.</summary>
    private float[] Blend(float[] truth, double[] hardWeights, float[] scores)
    {
        int width = Output.LogitCount;
        double ofLabels = _losses.Where(l => l.NeedsLabels).Sum(l => l.Weight), ofTeacher = _losses.Where(l => l.NeedsScores).Sum(l => l.Weight);
        float[] taught = Output switch
        {
            RegressionOutput => scores,
            BinaryOutput => [.. scores.Select(Logistic.Of)],
            _ => DistilledTargets.Softmax(scores, width),
        };
        float[] blend = [.. taught];
        for (int i = 0; i < blend.Length; i++)
        {
            if (hardWeights[i / width] > 0)
                blend[i] = (float)((ofLabels * truth[i] + ofTeacher * taught[i]) / (ofLabels + ofTeacher));
        }
        return blend;
    }

    private static int[] Answers(float[] scores, int width) => [.. Enumerable.Range(0, scores.Length / width).Select(i => Answer(scores.AsSpan(i * width, width)))];

    private static int Answer(ReadOnlySpan<float> logits) => logits.Length == 1 ? logits[0] > 0 ? 1 : 0 : TensorPrimitives.IndexOfMax(logits);

    private static float[] OneHot(int[] classes, int width)
    {
        float[] values = new float[classes.Length * width];
        for (int i = 0; i < classes.Length; i++)
            values[i * width + classes[i]] = 1;
        return values;
    }

    private static double Determination(int[] rows, float[] predictions, int stride, float[] truth, double[] weights)
    {
        double total = rows.Sum(r => weights[r]), mean = rows.Sum(r => weights[r] * truth[r]) / total;
        double variation = rows.Sum(r => weights[r] * (truth[r] - mean) * (truth[r] - mean));
        double errors = rows.Select((r, i) => weights[r] * (truth[r] - predictions[i * stride]) * (truth[r] - predictions[i * stride])).Sum();
        return variation > 0 ? 1 - errors / variation : 0;
    }
}
