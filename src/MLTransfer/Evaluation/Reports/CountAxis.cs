using OxyPlot.Axes;

namespace MLTransfer.Evaluation.Reports;

/// <summary>A logarithmic axis with a tick at each number of labels, and at nothing else.</summary>
internal sealed class CountAxis : LogarithmicAxis
{
    // The share of the axis below which two labels would touch.
    private const double LeastGap = 0.05;

    // Room beside the outermost numbers, as a factor.
    private const double Room = 1.35;

    private readonly double[] _ticks;

    public CountAxis(IReadOnlyList<int> counts)
    {
        Minimum = counts[0] / Room;
        Maximum = counts[^1] * Room;
        double range = Math.Log(Maximum / Minimum);
        var ticks = new List<double>();
        foreach (int count in counts)
        {
            if (ticks.Count == 0 || Math.Log(count / ticks[^1]) >= LeastGap * range)
                ticks.Add(count);
        }
        _ticks = [.. ticks];
    }

    public override void GetTickValues(out IList<double> majorLabelValues, out IList<double> majorTickValues, out IList<double> minorTickValues)
    {
        majorLabelValues = _ticks;
        majorTickValues = _ticks;
        minorTickValues = [];
    }
}
