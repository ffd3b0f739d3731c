using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace MLTransfer.Evaluation.Reports;

/// <summary>A measure by the number of labels: a line of medians in a band from the smallest to the largest seed, for both sides.</summary>
internal static class CurvePlot
{
    // Two lone bars beside each other instead of one behind the other.
    private const double Aside = 1.02;

    private const byte BandOpacity = 46;

    public static PlotModel Draw(IReadOnlyList<ComparisonSummary> summaries, PlotPalette palette)
    {
        PlotModel model = Plot.Model(palette);
        MetricSummary[] all = [.. summaries.SelectMany(s => new[] { s.With.Accuracy, s.Without.Accuracy })];
        model.Axes.Add(Plot.Styled(new CountAxis([.. summaries.Select(s => s.LabelsPerClass)]), palette, AxisPosition.Bottom, "labels per class (logarithmic)"));
        model.Axes.Add(Plot.Shares(palette, AxisPosition.Left, "accuracy", all.Min(m => m.Minimum), all.Max(m => m.Maximum)));
        (int, MetricSummary)[] with = [.. summaries.Select(s => (s.LabelsPerClass, s.With.Accuracy))];
        (int, MetricSummary)[] without = [.. summaries.Select(s => (s.LabelsPerClass, s.Without.Accuracy))];
        AddRange(model, without, palette.Without, Aside);
        AddRange(model, with, palette.With, 1 / Aside);
        AddMedians(model, "with transfer", with, palette.With, MarkerType.Circle, LineStyle.Solid);
        AddMedians(model, "without", without, palette.Without, MarkerType.Diamond, LineStyle.Dash);
        Plot.AddLegend(model);
        return model;
    }

    private static void AddRange(PlotModel model, (int Count, MetricSummary Summary)[] points, OxyColor colour, double aside)
    {
        if (points is [(int only, MetricSummary range)])
        {
            var bar = new LineSeries { Color = colour, StrokeThickness = 1.5 };
            bar.Points.Add(new DataPoint(only * aside, range.Minimum));
            bar.Points.Add(new DataPoint(only * aside, range.Maximum));
            model.Series.Add(bar);
            return;
        }
        var band = new AreaSeries { Color = OxyColors.Transparent, Fill = OxyColor.FromAColor(BandOpacity, colour) };
        band.Points.AddRange(points.Select(p => new DataPoint(p.Count, p.Summary.Maximum)));
        band.Points2.AddRange(points.Select(p => new DataPoint(p.Count, p.Summary.Minimum)));
        model.Series.Add(band);
    }

    private static void AddMedians(PlotModel model, string title, (int Count, MetricSummary Summary)[] points, OxyColor colour, MarkerType marker, LineStyle line)
    {
        var series = new LineSeries { Title = title, Color = colour, StrokeThickness = 2, LineStyle = line, MarkerType = marker, MarkerSize = marker == MarkerType.Diamond ? 5 : 4, MarkerFill = colour };
        series.Points.AddRange(points.Select(p => new DataPoint(p.Count, p.Summary.Median)));
        model.Series.Add(series);
    }
}
