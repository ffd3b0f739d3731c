using Microsoft.ML;

namespace MLTransfer.Recipes;

public sealed class CompareRecipe : Recipe
{
    [Test]
    public void CompareWithAndWithout()
    {
        // sample: compare-with-and-without
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(Tickets.Training);

        TransferComparison comparison = ml.Transfer().CompareWithAndWithout(data, ml.Transforms.EmbedText("Features", DefaultBackbones.Text),
            new CompareOptions { LabelsPerClass = [2], Seeds = [0, 1, 2, 3, 4], TestFraction = 0.5 });
        Console.WriteLine(comparison);
        // end
        Show("compare-with-and-without");
    }

    [Test]
    public void SaveReports()
    {
        // sample: compare-report
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(Tickets.Training);

        TransferComparison comparison = ml.Transfer().CompareWithAndWithout(data, ml.Transforms.EmbedText("Features", DefaultBackbones.Text),
            new CompareOptions { Seeds = [0, 1, 2], TestFraction = 0.5, DataDescription = "tickets" });
        comparison.SaveHtml("report.html");
        comparison.SaveJson("report.json");

        ComparisonSide with = comparison.Summaries[^1].With;
        Console.WriteLine($"{comparison.Verdict}; left out: {string.Join(", ", comparison.LeftOutLabelsPerClass)}");
        Console.WriteLine(FormattableString.Invariant($"macro recall {with.MacroRecall.Median:0.00}, calibration error {with.ExpectedCalibrationError.Median:0.00}"));
        Console.WriteLine($"refunds taken for deliveries: {with.Confusion[label: 2, prediction: 1]} of {with.Confusion.LabelCount(2)}");
        // end
        Show("compare-report");
        Assert.That(File.ReadAllText("report.html"), Does.Contain("<h1>Transfer "));
        Assert.That(File.ReadAllText("report.json"), Does.Contain("\"headline\": \"Transfer "));
    }
}
