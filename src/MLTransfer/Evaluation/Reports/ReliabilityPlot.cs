using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace MLTransfer.Evaluation.Reports;

/// <summary>Accuracy by confidence in bins (a reliability diagram): on the diagonal a model is right as often as it believes. A larger mark stands for more rows.</summary>
internal static class ReliabilityPlot
{
    // The accuracy of a handful of rows says nothing, and a line through it would hide what the others say.
    private const double LeastShare = 0.01;

    private const double SmallestMark = 2.5;
    private const double LargestMark = 8;

    /// <param name="sides">Names and bins; bins without rows are not shown.</param>
    /// <param name="palette">Its colours.</param>
    public static PlotModel Draw(IReadOnlyList<(string Name, IReadOnlyList<ReliabilityBin> Bins)> sides, PlotPalette palette)
    {
        PlotModel model = Plot.Model(palette);
        model.Axes.Add(Plot.Shares(palette, AxisPosition.Bottom, "confidence (largest probability)", 0, 1));
        model.Axes.Add(Plot.Shares(palette, AxisPosition.Left, "accuracy", 0, 1));
        var diagonal = new LineSeries { Title = "calibrated", Color = palette.Text, LineStyle = LineStyle.Dot, StrokeThickness = 1.5 };
        diagonal.Points.AddRange([new DataPoint(0, 0), new DataPoint(1, 1)]);
        model.Series.Add(diagonal);
        for (int i = 0; i < sides.Count; i++)
        {
            (OxyColor colour, MarkerType marker, LineStyle line) = i == 0 ? (palette.With, MarkerType.Circle, LineStyle.Solid) : (palette.Without, MarkerType.Diamond, LineStyle.Dash);
            Add(model, sides[i].Name, [.. sides[i].Bins.Where(b => b.RowCount > 0)], colour, marker, line);
        }
        Plot.AddLegend(model);
        return model;
    }

    private static void Add(PlotModel model, string title, ReliabilityBin[] bins, OxyColor colour, MarkerType marker, LineStyle line)
    {
        long rows = bins.Sum(b => b.RowCount);
        var lines = new LineSeries { Color = colour, LineStyle = line, StrokeThickness = 1.5 };
        lines.Points.AddRange(bins.Where(b => b.RowCount >= LeastShare * rows).Select(b => new DataPoint(b.MeanConfidence, b.Accuracy)));
        model.Series.Add(lines);
        long most = bins.Max(b => b.RowCount);
        var marks = new ScatterSeries { Title = title, MarkerType = marker, MarkerFill = OxyColor.FromAColor(200, colour), MarkerSize = 4 };
        marks.Points.AddRange(bins.Select(b => new ScatterPoint(b.MeanConfidence, b.Accuracy, SmallestMark + (LargestMark - SmallestMark) * Math.Sqrt((double)b.RowCount / most))));
        model.Series.Add(marks);
    }
}
