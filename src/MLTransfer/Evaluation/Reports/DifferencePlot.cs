using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace MLTransfer.Evaluation.Reports;

/// <summary>What transfer brought to each run: accuracy with transfer minus accuracy without, on the same rows.</summary>
internal static class DifferencePlot
{
    // How far the seeds of one number of labels are spread, as a factor.
    private const double Spread = 1.16;

    public static PlotModel Draw(TransferComparison comparison, PlotPalette palette)
    {
        PlotModel model = Plot.Model(palette);
        double[] differences = [.. comparison.Runs.Select(Difference)];
        double room = Math.Max(0.01, 0.1 * (Math.Max(0, differences.Max()) - Math.Min(0, differences.Min())));
        model.Axes.Add(Plot.Styled(new CountAxis([.. comparison.Summaries.Select(s => s.LabelsPerClass)]), palette, AxisPosition.Bottom, "labels per class (logarithmic)"));
        model.Axes.Add(Plot.Styled(
            new LinearAxis { Minimum = Math.Min(0, differences.Min()) - room, Maximum = Math.Max(0, differences.Max()) + room, StringFormat = "+0.0##;−0.0##;0" },
            palette, AxisPosition.Left, "accuracy with − without"));
        model.Annotations.Add(new LineAnnotation { Type = LineAnnotationType.Horizontal, Y = 0, Color = palette.Text, LineStyle = LineStyle.Solid, StrokeThickness = 1.5 });
        foreach (IGrouping<int, ComparisonRun> runs in comparison.Runs.GroupBy(r => r.LabelsPerClass))
            AddMedian(model, runs.Key, MetricSummary.Of(runs.Select(Difference)).Median, palette);
        int[] seeds = [.. comparison.Runs.Select(r => r.Seed).Distinct()];
        AddPoints(model, "transfer better", comparison.Runs.Where(r => Difference(r) > 0), seeds, palette.With, MarkerType.Circle);
        AddPoints(model, "transfer worse", comparison.Runs.Where(r => Difference(r) < 0), seeds, palette.Without, MarkerType.Diamond);
        AddPoints(model, "equal", comparison.Runs.Where(r => Difference(r) == 0), seeds, palette.Text, MarkerType.Square);
        Plot.AddLegend(model);
        return model;
    }

    private static double Difference(ComparisonRun run) => run.With.Accuracy - run.Without.Accuracy;

    private static void AddMedian(PlotModel model, int count, double median, PlotPalette palette)
    {
        var line = new LineSeries { Color = palette.Text, StrokeThickness = 1.5 };
        line.Points.Add(new DataPoint(count / Spread, median));
        line.Points.Add(new DataPoint(count * Spread, median));
        model.Series.Add(line);
    }

    private static void AddPoints(PlotModel model, string title, IEnumerable<ComparisonRun> runs, int[] seeds, OxyColor colour, MarkerType marker)
    {
        var series = new ScatterSeries { Title = title, MarkerFill = colour, MarkerType = marker, MarkerSize = 4 };
        foreach (ComparisonRun run in runs)
        {
            // From −1 for the first seed to 1 for the last.
            double place = seeds.Length == 1 ? 0 : 2.0 * Array.IndexOf(seeds, run.Seed) / (seeds.Length - 1) - 1;
            series.Points.Add(new ScatterPoint(run.LabelsPerClass * Math.Pow(Spread, place), Difference(run)));
        }
        if (series.Points.Count > 0)
            model.Series.Add(series);
    }
}
