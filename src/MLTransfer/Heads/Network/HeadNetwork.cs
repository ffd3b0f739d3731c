using System.Collections.Immutable;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training;
using MLTransfer.Onnx.Training.Graphs;

namespace MLTransfer.Heads.Network;

/// <summary>
/// A head with its weights: features [rows, D] to logits [rows, K]. It stands alone as a model, or is appended to a graph that makes the features. Immutable.
/// </summary>
internal sealed class HeadNetwork
{
    /// <summary>The input of a head that stands alone.</summary>
    public const string Features = "features";

    /// <summary>The output of a head that stands alone.</summary>
    public const string Logits = "logits";

    private const string ScaleEnd = "_scale";
    private const string ShiftEnd = "_shift";

    private HeadNetwork(HeadArchitecture architecture, int featureCount, int outputCount, ImmutableArray<HeadParameter> parameters)
    {
        Architecture = architecture;
        FeatureCount = featureCount;
        OutputCount = outputCount;
        Parameters = parameters;
    }

    public HeadArchitecture Architecture { get; }

    /// <summary>D.</summary>
    public int FeatureCount { get; }

    /// <summary>K.</summary>
    public int OutputCount { get; }

    /// <summary>Its weights, in the order of the layers.</summary>
    public ImmutableArray<HeadParameter> Parameters { get; }

    /// <summary>Its dropouts, in the order of the layers; none where the rates are 0.</summary>
    public ImmutableArray<HeadDropout> Dropouts => [.. Widths().Select((width, layer) => new HeadDropout($"dropout{layer}", width, Rate(layer), layer)).Where(d => d.Rate > 0)];

    /// <summary>
    /// A head with the start weights of PyTorch's nn.Linear, weights and biases uniform from −1/√in to 1/√in, and scales of 1 and shifts of 0 in normalisations.
    /// </summary>
    /// <param name="architecture">Its layers.</param>
    /// <param name="featureCount">D.</param>
    /// <param name="outputCount">K.</param>
    /// <param name="seed">Decides the weights.</param>
    public static HeadNetwork Create(HeadArchitecture architecture, int featureCount, int outputCount, int seed)
    {
        int inputs = featureCount;
        return Create(architecture, featureCount, outputCount, (name, shape, index) =>
        {
            if (shape.Length == 2)
                inputs = (int)shape[0];
            return IsScale(name) ? [.. Enumerable.Repeat(1f, (int)shape[0])] : IsShift(name) ? new float[shape[0]] : Uniform(shape, inputs, seed, index);
        });
    }

    /// <summary>A head with the weights of a model that <see cref="ToModel"/> made.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static HeadNetwork FromModel(HeadArchitecture architecture, int featureCount, int outputCount, OnnxModel model) =>
        Create(architecture, featureCount, outputCount, (name, shape, _) =>
        {
            OnnxTensor tensor = model.Graph.Initializers.FirstOrDefault(t => t.Name == name && t.ElementType == OnnxElementType.Float && t.Dimensions.SequenceEqual(shape))
                ?? throw Internal.Throw.HeadWeightMissing(name, shape);
            return tensor.ToFloats();
        });

    /// <summary>The head as a model of its own, from <see cref="Features"/> to <see cref="Logits"/>.</summary>
    /// <param name="isTraining">Whether dropouts are in it, as inputs.</param>
    public OnnxModel ToModel(bool isTraining)
    {
        var graph = new GraphBuilder("head");
        string features = graph.Input(Features, OnnxElementType.Float, "rows", FeatureCount);
        return graph.Output(Append(graph, features, "rows", prefix: "", isTraining), OnnxElementType.Float, "rows", OutputCount).Build();
    }

    /// <summary>
    /// Appends the head to a graph: parameters as initializers, dropouts as inputs, each under the prefix and its own name. The name of the logits [rows, K] comes back, prefix + "logits".
    /// </summary>
    /// <param name="graph">Has the features; any set of operators from version 7 on.</param>
    /// <param name="features">The features [rows, D].</param>
    /// <param name="rows">The graph's axis of rows, for the shapes of dropouts.</param>
    /// <param name="prefix">What the names of the head begin with; nothing of the graph may begin so.</param>
    /// <param name="isTraining">Whether dropouts are in it. Without, the head is what is scored with.</param>
    public string Append(GraphBuilder graph, string features, OnnxDimension rows, string prefix, bool isTraining)
    {
        foreach (HeadParameter parameter in Parameters)
            graph.Initializer(prefix + parameter.Name, parameter.Values, [.. parameter.Shape]);
        ImmutableArray<HeadDropout> dropouts = isTraining ? Dropouts : [];
        string values = Dropped(features, 0);
        int last = Architecture.HiddenUnits.Length;
        for (int layer = 0; layer < last; layer++)
        {
            values = Linear(layer, prefix + $"dense{layer}");
            if (Architecture.Normalization == HeadNormalization.Layer)
                values = LayerNorm.Append(graph, values, prefix + Scale(layer), prefix + Shift(layer), prefix + $"norm{layer}");
            values = Activated(graph, values, prefix + $"activation{layer}");
            values = Dropped(values, layer + 1);
        }
        return Linear(last, prefix + Logits);

        string Linear(int layer, string name) => graph.Node("Gemm", [values, prefix + Weight(layer), prefix + Bias(layer)], name);

        string Dropped(string units, int layer)
        {
            if (dropouts.FirstOrDefault(d => d.Layer == layer) is not HeadDropout dropout)
                return units;
            string factors = graph.Input(prefix + dropout.Name, OnnxElementType.Float, rows, dropout.Width);
            return graph.Node("Mul", [units, factors], prefix + $"dropped{layer}");
        }
    }

    /// <summary>The name of the last hidden layer's units in a graph that <see cref="Append"/> was called on; of the features where there is none.</summary>
    public string LastHidden(string prefix) => Architecture.HiddenUnits.IsEmpty ? Features : prefix + $"activation{Architecture.HiddenUnits.Length - 1}";

    /// <summary>The parameters as the training loop takes them, in order; add what else is trained before or behind.</summary>
    /// <param name="prefix">As given to <see cref="Append"/>.</param>
    /// <param name="firstEpoch">The epoch in which they begin to be trained.</param>
    public IEnumerable<TrainedTensor> Trained(string prefix = "", int firstEpoch = 0) =>
        Parameters.Select(p => new TrainedTensor(prefix + p.Name, p.Shape) { Decays = p.IsWeight, FirstEpoch = firstEpoch });

    /// <summary>The dropouts as sources of a training graph.</summary>
    /// <param name="prefix">As given to <see cref="Append"/>.</param>
    /// <param name="isTraining">False for the same inputs in an evaluation, all factors 1.</param>
    public IEnumerable<IRowSource> DropoutSources(string prefix, bool isTraining) =>
        Dropouts.Select(d => new DropoutSource(prefix + d.Name, d.Width, d.Rate, d.Layer, isTraining));

    /// <summary>Writes its parameters into a flat vector of a layout that has them.</summary>
    public void WriteTo(float[] values, ParameterLayout layout, string prefix = "")
    {
        foreach (HeadParameter parameter in Parameters)
            parameter.Values.CopyTo(values, Place(layout, prefix + parameter.Name).Offset);
    }

    /// <summary>The same head with the parameters of a flat vector.</summary>
    public HeadNetwork ReadFrom(ReadOnlySpan<float> values, ParameterLayout layout, string prefix = "")
    {
        var parameters = ImmutableArray.CreateBuilder<HeadParameter>(Parameters.Length);
        foreach (HeadParameter parameter in Parameters)
            parameters.Add(parameter with { Values = values.Slice(Place(layout, prefix + parameter.Name).Offset, parameter.Values.Length).ToArray() });
        return With(parameters.ToImmutable());
    }

    /// <summary>A head without hidden layers with these weights.</summary>
    /// <param name="weights">K vectors of D numbers.</param>
    /// <param name="biases">K numbers.</param>
    public HeadNetwork WithLinear(float[][] weights, float[] biases)
    {
        float[] values = new float[FeatureCount * OutputCount];
        for (int k = 0; k < OutputCount; k++)
        {
            for (int i = 0; i < FeatureCount; i++)
                values[i * OutputCount + k] = weights[k][i];
        }
        return With([Parameters[^2] with { Values = values }, Parameters[^1] with { Values = [.. biases] }]);
    }

    /// <summary>
    /// The same head for raw features x where this one takes (x − mean) · factor: the scaling becomes part of the first layer.
    /// </summary>
    public HeadNetwork ForRawFeatures(ReadOnlySpan<double> means, ReadOnlySpan<double> factors)
    {
        HeadParameter weight = Parameters[0], bias = Parameters[1];
        int width = (int)weight.Shape[1];
        float[] scaled = new float[weight.Values.Length];
        double[] shifts = new double[width];
        for (int i = 0; i < FeatureCount; i++)
        {
            for (int k = 0; k < width; k++)
            {
                double w = weight.Values[i * width + k] * factors[i];
                scaled[i * width + k] = (float)w;
                shifts[k] -= w * means[i];
            }
        }
        float[] shifted = [.. bias.Values.Select((b, k) => (float)(b + shifts[k]))];
        return With([weight with { Values = scaled }, bias with { Values = shifted }, .. Parameters[2..]]);
    }

    /// <summary>The same head whose logits are y · scale + mean where this one's are y: what was trained on standardised labels gives labels.</summary>
    public HeadNetwork ForRawLabels(double mean, double scale)
    {
        HeadParameter weight = Parameters[^2], bias = Parameters[^1];
        return With([.. Parameters[..^2], weight with { Values = [.. weight.Values.Select(w => (float)(w * scale))] },
            bias with { Values = [.. bias.Values.Select(b => (float)(b * scale + mean))] }]);
    }

    private static HeadNetwork Create(HeadArchitecture architecture, int featureCount, int outputCount, Func<string, ImmutableArray<long>, int, float[]> values)
    {
        var parameters = ImmutableArray.CreateBuilder<HeadParameter>();
        int[] sizes = [featureCount, .. architecture.HiddenUnits, outputCount];
        for (int layer = 0; layer + 1 < sizes.Length; layer++)
        {
            Add(Weight(layer), [sizes[layer], sizes[layer + 1]]);
            Add(Bias(layer), [sizes[layer + 1]]);
            if (architecture.Normalization == HeadNormalization.None || layer + 2 == sizes.Length)
                continue;
            Add(Scale(layer), [sizes[layer + 1]]);
            Add(Shift(layer), [sizes[layer + 1]]);
        }
        return new HeadNetwork(architecture, featureCount, outputCount, parameters.ToImmutable());

        void Add(string name, ImmutableArray<long> shape) => parameters.Add(new HeadParameter(name, shape, values(name, shape, parameters.Count), shape.Length == 2));
    }

    private HeadNetwork With(ImmutableArray<HeadParameter> parameters) => new(Architecture, FeatureCount, OutputCount, parameters);

    private IEnumerable<int> Widths() => [FeatureCount, .. Architecture.HiddenUnits];

    private double Rate(int layer) => layer == 0 ? Architecture.FeatureDropout : Architecture.Dropout;

    private string Activated(GraphBuilder graph, string x, string name)
    {
        switch (Architecture.Activation)
        {
            case HeadActivation.Gelu:
                // x · (1 + erf(x / √2)) / 2: the operator Gelu came only with version 20.
                string root = graph.Initializer($"{name}_root", [(float)(1 / Math.Sqrt(2))]);
                string one = graph.Initializer($"{name}_one", [1f]);
                string half = graph.Initializer($"{name}_half", [0.5f]);
                string erf = graph.Node("Erf", [graph.Node("Mul", [x, root], $"{name}_scaled")], $"{name}_erf");
                return graph.Node("Mul", [graph.Node("Mul", [x, graph.Node("Add", [erf, one], $"{name}_sum")], $"{name}_double"), half], name);
            case HeadActivation.Silu:
                return graph.Node("Mul", [x, graph.Node("Sigmoid", [x], $"{name}_sigmoid")], name);
            default:
                return graph.Node(Architecture.Activation == HeadActivation.Relu ? "Relu" : "Tanh", [x], name);
        }
    }

    private static TrainedTensor Place(ParameterLayout layout, string name) => layout.Tensors.First(t => t.Name == name);

    private static string Weight(int layer) => $"dense{layer}_weight";

    private static string Bias(int layer) => $"dense{layer}_bias";

    private static string Scale(int layer) => $"norm{layer}{ScaleEnd}";

    private static string Shift(int layer) => $"norm{layer}{ShiftEnd}";

    private static bool IsScale(string name) => name.EndsWith(ScaleEnd, StringComparison.Ordinal);

    private static bool IsShift(string name) => name.EndsWith(ShiftEnd, StringComparison.Ordinal);

    private static float[] Uniform(ImmutableArray<long> shape, int inputs, int seed, int index)
    {
        var random = new CounterRandom(seed, RandomStream.Weights, index);
        double bound = 1 / Math.Sqrt(inputs);
        float[] values = new float[checked((int)shape.Aggregate(1L, (product, size) => checked(product * size)))];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)((2 * random.Uniform(i) - 1) * bound);
        return values;
    }
}
