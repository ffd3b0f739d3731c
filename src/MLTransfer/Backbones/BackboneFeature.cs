namespace MLTransfer;

/// <summary>A value of a backbone's graph that can be its feature, as <see cref="Backbone.ListFeatures"/> lists it. Names come from the file.</summary>
/// <param name="Name">The name, for <see cref="Backbone.WithFeature(string, Pooling?, bool?)"/>.</param>
/// <param name="Operator">The operator that makes it, such as "Relu"; "domain.Operator" where it is none of ONNX's own.</param>
/// <param name="Shape">Its axes: sizes, names of open ones, "?" for an open axis without a name. The first is the batch.</param>
/// <param name="Dimension">D, the numbers of one feature: the last axis, or the channels of a feature map; null where the graph leaves it open.</param>
/// <param name="IsOutput">Whether it is an output of the file. Any other value is had by cutting the graph there.</param>
/// <param name="IsPenultimate">Whether it goes into the last layer with weights before an output: of a classifier, the feature that transfer learning wants.</param>
public sealed record BackboneFeature(string Name, string Operator, IReadOnlyList<string> Shape, int? Dimension, bool IsOutput, bool IsPenultimate)
{
    /// <summary>Such as "'features' Flatten [N, 1280], output, penultimate".</summary>
    public override string ToString() =>
        $"'{Name}' {Operator} [{string.Join(", ", Shape)}]{(IsOutput ? ", output" : "")}{(IsPenultimate ? ", penultimate" : "")}";
}
