using System.Globalization;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;

namespace MLTransfer.Evaluation.Reports;

/// <summary>A confusion matrix as a map: a darker cell is a larger share of its row, the number in it counts rows.</summary>
internal sealed class ConfusionPlot : Annotation
{
    /// <summary>Above this nobody can read the names any more.</summary>
    public const int MostClasses = 30;

    private const int LabelLength = 16;
    private const double SmallestFont = 7.5;
    private const double CellShare = 0.42;

    private readonly ConfusionMatrix _confusion;
    private readonly PlotPalette _palette;
    private readonly OxyColor _colour;

    private ConfusionPlot(ConfusionMatrix confusion, PlotPalette palette, OxyColor colour)
    {
        _confusion = confusion;
        _palette = palette;
        _colour = colour;
        // Behind the axes and their lines.
        Layer = AnnotationLayer.BelowSeries;
    }

    /// <summary>Width and height that give each cell enough room.</summary>
    public static (double Width, double Height) Size(ConfusionMatrix confusion)
    {
        double cells = CellSide(confusion) * confusion.ClassCount;
        double names = LabelRoom(confusion);
        return (cells + names + 50, cells + (AreShort(confusion) ? 24 : names) + 44);
    }

    public static PlotModel Draw(ConfusionMatrix confusion, PlotPalette palette, OxyColor colour)
    {
        PlotModel model = Plot.Model(palette);
        model.PlotAreaBorderThickness = new OxyThickness(1);
        string[] names = Names(confusion);
        CategoryAxis predicted = Plot.Styled(new CategoryAxis { Angle = AreShort(confusion) ? 0 : -90 }, palette, AxisPosition.Bottom, "predicted");
        CategoryAxis label = Plot.Styled(new CategoryAxis { StartPosition = 1, EndPosition = 0 }, palette, AxisPosition.Left, "label");
        foreach (CategoryAxis axis in (CategoryAxis[])[predicted, label])
        {
            axis.Labels.AddRange(names);
            axis.GapWidth = 0;
            axis.MajorGridlineStyle = LineStyle.None;
            axis.MajorTickSize = 0;
            axis.FontSize = Math.Clamp(CellSide(confusion) * 0.6, 9, Plot.FontSize);
            axis.MajorStep = 1;
            axis.Minimum = -0.5;
            axis.Maximum = confusion.ClassCount - 0.5;
            model.Axes.Add(axis);
        }
        model.Annotations.Add(new ConfusionPlot(confusion, palette, colour));
        return model;
    }

    public override void Render(IRenderContext rc)
    {
        base.Render(rc);
        for (int label = 0; label < _confusion.ClassCount; label++)
        {
            long rows = _confusion.LabelCount(label);
            for (int prediction = 0; prediction < _confusion.ClassCount; prediction++)
            {
                if (_confusion[label, prediction] > 0)
                    Cell(rc, label, prediction, (double)_confusion[label, prediction] / rows);
            }
        }
    }

    private void Cell(IRenderContext rc, int label, int prediction, double share)
    {
        var area = new OxyRect(Transform(new DataPoint(prediction - 0.5, label - 0.5)), Transform(new DataPoint(prediction + 0.5, label + 0.5)));
        // Visible from the first row on.
        double depth = 0.06 + 0.94 * share;
        OxyColor fill = _palette.Shade(_colour, depth);
        rc.DrawRectangle(area, fill, OxyColors.Transparent, 0, EdgeRenderingMode.Automatic);
        double font = Math.Min(Plot.FontSize, area.Height * CellShare);
        if (font >= SmallestFont)
        {
            rc.DrawText(area.Center, _confusion[label, prediction].ToString(CultureInfo.InvariantCulture), PlotPalette.On(fill), Plot.Font, font, FontWeights.Normal, 0, HorizontalAlignment.Center, VerticalAlignment.Middle, null);
        }
    }

    private static string[] Names(ConfusionMatrix confusion) => [.. confusion.ClassNames.Select(n => Plot.Label(n, LabelLength))];

    private static double CellSide(ConfusionMatrix confusion) => Math.Clamp(400.0 / confusion.ClassCount, 19, 64);

    private static double LabelRoom(ConfusionMatrix confusion)
    {
        var measurer = new PlotTextMeasurer(1, 1);
        return Names(confusion).Max(n => measurer.MeasureText(n, Plot.Font, Plot.FontSize, FontWeights.Normal).Width);
    }

    private static bool AreShort(ConfusionMatrix confusion) => LabelRoom(confusion) < CellSide(confusion) - 4;
}
