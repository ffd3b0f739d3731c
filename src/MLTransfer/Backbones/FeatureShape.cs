using System.Collections.Immutable;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Backbones;

/// <summary>What the axes of a feature mean.</summary>
/// <param name="Axes">Where the numbers of one feature lie.</param>
/// <param name="IsVector">True where a row is one vector already: [batch, D], or a map whose other axes have size 1.</param>
/// <param name="Dimension">D; null where the file leaves it open.</param>
internal sealed record FeatureShape(FeatureAxes Axes, bool IsVector, int? Dimension)
{
    /// <summary>Reads the axes of a value with two to four of them.</summary>
    /// <param name="value">The value.</param>
    /// <param name="channels">Tells of four axes which has the channels. Where the graph does not tell, it is the second, as ONNX has it.</param>
    public static FeatureShape Of(OnnxValue value, ChannelAxis channels)
    {
        ImmutableArray<OnnxDimension> axes = value.Dimensions;
        if (axes.Length < 4)
            return new FeatureShape(FeatureAxes.TokensFirst, axes.Length == 2, Size(axes[^1]));
        int[] wide = [.. Enumerable.Range(1, 3).Where(axis => axes[axis].Value != 1)];
        if (wide.Length < 2)
            return new FeatureShape(wide is [3] ? FeatureAxes.TokensFirst : FeatureAxes.ChannelsFirst, IsVector: true, wide is [int only] ? Size(axes[only]) : 1);
        bool isLast = channels.Find(value.Name, axes.Length) == 3;
        return new FeatureShape(isLast ? FeatureAxes.TokensFirst : FeatureAxes.ChannelsFirst, IsVector: false, Size(axes[isLast ? 3 : 1]));
    }

    private static int? Size(OnnxDimension axis) => axis.Value is > 0 and <= int.MaxValue ? (int)axis.Value : null;
}
