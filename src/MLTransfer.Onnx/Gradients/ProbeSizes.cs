using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients;

/// <summary>Sizes that the open axes of a graph's inputs have in two probing runs. Axes of one name have one size; an unnamed first axis holds the rows.</summary>
/// <param name="lengths">Pairs of sizes for other axes than the rows', taken in the order in which the inputs name them; the last pair is repeated.</param>
internal sealed class ProbeSizes(params (long First, long Second)[] lengths)
{
    // Halved, they still differ: an axis that is 1 in both runs would pass as one that is always 1.
    private static readonly (long First, long Second) Rows = (2, 5);

    private readonly Dictionary<string, (long First, long Second)> _named = new(StringComparer.Ordinal);

    /// <summary>
    /// Tried one after the other: texts and vectors take any size, some only small ones; pictures need some pixels, sounds some thousand samples. The second is the larger by far, so that
    /// strides that bring the first down to 1 leave more of it.
    /// </summary>
    public static IEnumerable<ProbeSizes> Attempts => [new((6, 41), (10, 53), (14, 61)), new((5, 7), (11, 13), (17, 19)), new((64, 160)), new((224, 352)), new((4000, 10_000))];

    /// <summary>Sizes by the names of axes. An axis of any other name is an error of the caller's.</summary>
    public static ProbeSizes Named(IReadOnlyDictionary<string, (long First, long Second)> sizes)
    {
        var named = new ProbeSizes((5, 7));
        foreach ((string name, (long, long) size) in sizes)
            named._named.Add(name, size);
        return named;
    }

    /// <summary>The sizes by the names of axes, as far as they were asked for.</summary>
    public IReadOnlyDictionary<string, (long First, long Second)> ByName => _named;

    /// <summary>An input's shape in run 0 or 1.</summary>
    public long[] ShapeOf(OnnxValue input, int run) =>
        [.. input.Dimensions.Select((axis, position) => axis.Value ?? (run == 0 ? SizeOf(axis, position).First : SizeOf(axis, position).Second))];

    private (long First, long Second) SizeOf(OnnxDimension axis, int position)
    {
        if (axis.Symbol is not string symbol)
            return position == 0 ? Rows : lengths[Math.Min(position - 1, lengths.Length - 1)];
        if (!_named.TryGetValue(symbol, out (long First, long Second) size))
        {
            size = position == 0 ? Rows : lengths[Math.Min(_named.Values.Count(v => v != Rows), lengths.Length - 1)];
            _named.Add(symbol, size);
        }
        return size;
    }
}
