namespace MLTransfer.Evaluation;

/// <summary>Draws class-wise samples. Which rows are drawn depends on the seed, the places of the rows and nothing else.</summary>
internal sealed class SampleSplit
{
    private readonly int[][] _shuffled;

    /// <param name="placesByClass">The places of each class's rows.</param>
    /// <param name="seed">Decides the order in which they are drawn.</param>
    /// <param name="testFraction">The part of each class to put aside, rounded to whole rows, at least one; null where there is none.</param>
    public SampleSplit(IReadOnlyList<IReadOnlyList<int>> placesByClass, int seed, double? testFraction)
    {
        // A seeded Random keeps its algorithm between versions of .NET, so a seed names the same sample everywhere.
        var random = new Random(seed);
        _shuffled = new int[placesByClass.Count][];
        TestPlaces = [];
        for (int k = 0; k < _shuffled.Length; k++)
        {
            int[] places = [.. placesByClass[k]];
            random.Shuffle(places);
            int aside = testFraction is double part ? TestCount(places.Length, part) : 0;
            TestPlaces.AddRange(places[..aside]);
            _shuffled[k] = places[aside..];
        }
    }

    /// <summary>The rows put aside to measure on.</summary>
    public List<int> TestPlaces { get; }

    public static int TestCount(int rowCount, double fraction) => Math.Max(1, (int)Math.Round(fraction * rowCount));

    /// <summary>The first rows of each class: a smaller sample is a part of the larger.</summary>
    public List<int> Take(int labelsPerClass) => [.. _shuffled.SelectMany(places => places[..labelsPerClass])];
}
