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
}
