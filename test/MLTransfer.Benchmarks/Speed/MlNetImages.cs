using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLTransfer.Benchmarks.Measuring;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>ML.NET's own way: LoadImages, ResizeImages (stretched, which is nearest neighbour there), ExtractPixels (x/127.5 − 1) and, where a model is asked for, ApplyOnnxModel.</summary>
internal sealed class MlNetImages : IDisposable
{
    private readonly MLContext _ml = new();
    private readonly TransformerChain<ITransformer> _chain;
    private readonly string _output;

    private MlNetImages(Backbone backbone, int side, bool runsModel)
    {
        // Columns must bear the tensors' names.
        string pixels = backbone.Ports.Inputs.Values.Single().Name;
        EstimatorChain<ITransformer> estimator = new EstimatorChain<ITransformer>()
            .Append((IEstimator<ITransformer>)_ml.Transforms.LoadImages("Picture", imageFolder: null, "Path"))
            .Append((IEstimator<ITransformer>)_ml.Transforms.ResizeImages("Picture", side, side, resizing: ImageResizingEstimator.ResizingKind.Fill))
            .Append((IEstimator<ITransformer>)_ml.Transforms.ExtractPixels(pixels, "Picture", offsetImage: 127.5f, scaleImage: 1 / 127.5f));
        _output = pixels;
        if (runsModel)
        {
            _output = backbone.Card.FeatureOutput;
            var shapes = new Dictionary<string, int[]> { [pixels] = [1, 3, side, side], [_output] = [1, backbone.Dimension] };
            estimator = estimator.Append((IEstimator<ITransformer>)_ml.Transforms.ApplyOnnxModel([_output], [pixels], backbone.Source.FilePath!, shapes, recursionLimit: 100));
        }
        _chain = estimator.Fit(_ml.Data.LoadFromEnumerable<LabelledFile>([]));
    }

    /// <summary>From files to features.</summary>
    public static MlNetImages Features(Backbone backbone, int side) => new(backbone, side, runsModel: true);

    /// <summary>From files to the numbers that the backbone reads.</summary>
    public static MlNetImages Pixels(Backbone backbone, int side) => new(backbone, side, runsModel: false);

    public double Pass(IEnumerable<LabelledFile> files, Action<int, VBuffer<float>>? use = null) => Rounds.Seconds(() =>
        FeatureColumn.Read(_chain.Transform(_ml.Data.LoadFromEnumerable(files)), _output, use));

    public void Dispose() => _chain.Dispose();
}
