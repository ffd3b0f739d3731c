using System.Globalization;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Distillation.Students;

/// <summary>
/// pixels [batch, 3, S, S] → feature [batch, D]: a 3 × 3 convolution, then stages of depthwise-separable blocks (Howard et al. 2017, "MobileNets", section 3.1), the mean over the
/// places. The first block of a stage halves the sides and doubles the channels; the others are added to what they read (He et al. 2016). The stages end at four to seven places a side.
/// </summary>
/// <remarks>
/// Each convolution is followed by a group normalisation of eight channels a group (Wu and He 2018), whose statistics are the row's own: there are no running ones to keep, and a batch of
/// one gives what a batch of many does. It is written as an InstanceNormalization of groups, as exporters write it for operator sets below 18, then a scale and a shift for each channel.
/// </remarks>
internal sealed class ConvolutionImageGraph
{
    public const string Pixels = "pixels";

    private const int ChannelsPerGroup = 8;
    private const int SmallStem = 48;
    private const int SmallestSide = 7;
    private const int MostDoublings = 4;

    private readonly ConvolutionImageOptions _options;
    private readonly GraphBuilder _graph = new("convolution-image");
    private readonly StartWeights _start;
    private int _side;

    private ConvolutionImageGraph(ConvolutionImageOptions options)
    {
        _options = options;
        _start = new StartWeights(options.Seed);
    }

    /// <summary>The graph and D.</summary>
    public static (GraphBuilder Graph, int Dimension) Build(ConvolutionImageOptions options) => new ConvolutionImageGraph(options).Build();

    private (GraphBuilder Graph, int Dimension) Build()
    {
        _side = _options.ImageSize;
        int channels = _options.Width;
        string x = _graph.Input(Pixels, OnnxElementType.Float, "batch", 3, _side, _side);
        x = Convolve(x, "stem", 3, channels, _side > SmallStem ? 2 : 1);
        for (int stage = 0; _side > SmallestSide; stage++)
        {
            int outputs = stage < MostDoublings ? 2 * channels : channels;
            for (int block = 0; block < _options.BlocksPerStage; block++)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"stage{stage}_block{block}");
                string made = Separable(x, name, block == 0 ? channels : outputs, outputs, block == 0 ? 2 : 1);
                x = block == 0 ? made : _graph.Node("Add", [x, made], $"{name}_sum");
            }
            channels = outputs;
        }
        string places = _graph.Node("GlobalAveragePool", [x], "pooled");
        string feature = _graph.Node("Flatten", [places], _options.OutputDimension is null ? StudentParts.Feature : "mean");
        if (_options.OutputDimension is int count)
        {
            string weights = _graph.Initializer("output_weights", _start.Glorot(channels, count), channels, count);
            feature = _graph.Node("Add", [_graph.Node("MatMul", [feature, weights], "output_product"), _graph.Initializer("output_biases", new float[count], count)], StudentParts.Feature);
        }
        int dimension = _options.OutputDimension ?? channels;
        return (_graph.Output(feature, OnnxElementType.Float, "batch", dimension), dimension);
    }

    private string Separable(string x, string name, int inputs, int outputs, int stride)
    {
        string each = Convolve(x, $"{name}_depth", inputs, inputs, stride, groups: inputs);
        return Convolve(each, $"{name}_point", inputs, outputs, stride: 1, kernel: 1);
    }

    /// <summary>Convolution, normalisation, ReLU.</summary>
    private string Convolve(string x, string name, int inputs, int outputs, int stride, int groups = 1, int kernel = 3)
    {
        int fan = inputs / groups * kernel * kernel;
        string weights = _graph.Initializer($"{name}_weights", _start.He(fan, outputs), outputs, inputs / groups, kernel, kernel);
        long border = kernel / 2;
        string y = _graph.Node("Conv", [x, weights], $"{name}_conv", OnnxAttribute.Of("kernel_shape", [kernel, kernel]), OnnxAttribute.Of("strides", [stride, stride]),
            OnnxAttribute.Of("pads", [border, border, border, border]), OnnxAttribute.Of("group", (long)groups));
        _side = (_side + stride - 1) / stride;
        return _graph.Node("Relu", [Normalize(y, name, outputs)], $"{name}_relu");
    }

    private string Normalize(string x, string name, int channels)
    {
        int groups = Math.Max(1, channels / ChannelsPerGroup);
        string grouped = _graph.Node("Reshape", [x, Constant($"groups{groups}_shape", [0L, groups, -1])], $"{name}_groups");
        string even = _graph.Node("InstanceNormalization", [grouped, Filled(groups, 1), Filled(groups, 0)], $"{name}_even");
        string apart = _graph.Node("Reshape", [even, Constant($"places{channels}_{_side}_shape", [0L, channels, _side, _side])], $"{name}_apart");
        string scale = _graph.Initializer($"{name}_scale", StartWeights.Ones(channels), channels, 1, 1);
        string shift = _graph.Initializer($"{name}_shift", new float[channels], channels, 1, 1);
        return _graph.Node("Add", [_graph.Node("Mul", [apart, scale], $"{name}_scaled"), shift], $"{name}_normal");
    }

    private string Constant(string name, long[] values) => _graph.Has(name) ? name : _graph.Initializer(name, values, values.Length);

    /// <summary>One number for each group, computed, so that nobody takes it for a weight to be trained: the channels' own scales and shifts follow.</summary>
    private string Filled(int groups, float value)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"groups{groups}_{(value == 0 ? "zeros" : "ones")}");
        return _graph.Has(name) ? name
            : _graph.Node("ConstantOfShape", [Constant($"groups{groups}", [groups])], name, OnnxAttribute.Of("value", OnnxTensor.Of("", [value], 1)));
    }
}
