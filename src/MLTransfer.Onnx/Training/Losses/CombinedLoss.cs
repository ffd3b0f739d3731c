using System.Collections.Immutable;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Training.Losses;

/// <summary>
/// A weighted sum of losses of parts of one prediction: L = Σ_terms Σ_i w_i · t[i, c] · l_term(x[i, its columns], t[i, its columns]), c the term's weight column, so that a row without a label has 0
/// there for a term that needs one, and a teacher's confidence in a row can stand there, too. Prediction [batch, P], target [batch, Q]. The mean is over the weights w of all rows, not over those that a
/// term counts: whoever wants the mean over labelled rows scales the column. A row whose weight in a term is 0 must still have finite numbers; a loss that compares rows compares others with it.
/// </summary>
internal sealed record CombinedLoss : TrainingLoss
{
    private readonly int _predictionEnd;

    /// <param name="terms">The terms, at least one. Together they must read the prediction to its last column.</param>
    /// <exception cref="ArgumentException">No terms, a combination among them, or one weight column under two schedules.</exception>
    public CombinedLoss(ImmutableArray<LossTerm> terms)
    {
        if (terms.IsDefaultOrEmpty)
            throw Throw.NoTerms();
        if (terms.Any(t => t.Loss is CombinedLoss))
            throw Throw.NestedCombination();
        foreach (IGrouping<int, LossTerm> column in terms.GroupBy(t => t.WeightColumn))
        {
            if (column.FirstOrDefault(t => t.Schedule != column.First().Schedule) is LossTerm other)
                throw Throw.SchedulesDiffer(column.Key, column.First().Schedule, other.Schedule);
        }
        Terms = terms;
        _predictionEnd = terms.Max(t => t.PredictionStart + t.PredictionWidth);
    }

    public ImmutableArray<LossTerm> Terms { get; }

    public override bool NeedsWholeBatch => Terms.Any(t => t.Loss.NeedsWholeBatch);

    public override void CheckWidths(int prediction, int target)
    {
        foreach (LossTerm term in Terms)
        {
            if (term.PredictionStart + term.PredictionWidth > prediction)
                throw Throw.TermOutside(term, "prediction", term.PredictionStart + term.PredictionWidth, prediction);
            int end = Math.Max(term.TargetStart + term.TargetWidth, term.WeightColumn + 1);
            if (end > target)
                throw Throw.TermOutside(term, "target", end, target);
        }
        if (_predictionEnd < prediction)
            throw Throw.ColumnsWithoutTerm(_predictionEnd, prediction);
    }

    public override LossNodes Append(GraphBuilder graph, string prediction, string target, string weight)
    {
        var parts = new Dictionary<(string, int, int), string>();
        LossNodes[] made = [.. Terms.Select(term => term.Loss.Append(
            graph,
            term.PredictionWidth == _predictionEnd ? prediction : Columns(prediction, term.PredictionStart, term.PredictionWidth),
            Columns(target, term.TargetStart, term.TargetWidth),
            Node(graph, "Mul", [weight, Columns(target, term.WeightColumn, 1)])))];
        bool isClosed = Terms.All(t => t.PredictionWidth == _predictionEnd) && made.All(m => m.PredictionGradient is not null);
        return new LossNodes(Sum(graph, [.. made.Select(m => m.Loss)]), isClosed ? Sum(graph, [.. made.Select(m => m.PredictionGradient!)]) : null);

        string Columns(string values, int start, int width) => parts.TryGetValue((values, start, width), out string? part)
            ? part : parts[(values, start, width)] = Node(graph, "Slice", [values, Integers(graph, start), Integers(graph, start + width), Integers(graph, 1)]);
    }

    public bool Equals(CombinedLoss? other) => other is not null && Terms.SequenceEqual(other.Terms);

    public override int GetHashCode() => Terms.Aggregate(0, HashCode.Combine);

    /// <summary>All terms with their settings, for messages and checkpoints.</summary>
    public override string ToString() => $"{nameof(CombinedLoss)} {{ {string.Join(", ", Terms)} }}";

    private static string Sum(GraphBuilder graph, string[] values) => values.Length == 1 ? values[0] : Node(graph, "Sum", values);
}
