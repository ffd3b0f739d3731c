using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLTransfer.Export;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Images;

/// <summary>
/// Pictures through ML.NET's own steps, where those do exactly what the backbone's preprocessing does: pixels that are prepared already, or pictures of the backbone's own size, whose
/// pixels ExtractPixels reads and the graph scales.
/// </summary>
internal sealed class ImagePlainInputs(ImageStep step) : IPlainInputs
{
    private ImagePreprocessing Settings => step.Plan.Backbone.Card.Image!;

    public PlainInputs Prepare(MLContext mlContext, IDataView data, OnnxModel model)
    {
        string tensor = step.Port.Name;
        string column = step.InputColumns[0];
        if (data.Schema.GetColumnOrNull(column)?.Type is ImageDataViewType picture)
            return FromPictures(mlContext, data, column, picture, model);
        string? pixels = ((string[])[column, tensor]).FirstOrDefault(name => data.Schema.GetColumnOrNull(name)?.Type is VectorDataViewType { ItemType: NumberDataViewType item } vector
            && item == NumberDataViewType.Single && vector.Size == step.Size);
        if (pixels is null)
            throw Throw.PlainPictures(column, tensor, data.Schema.GetColumnOrNull(column)?.Type, step.Width, step.Height, step.Size);
        bool isOpen = step.Port.Dimensions.Skip(1).Any(d => d.Value is null);
        string input = isOpen ? FrontInput : tensor;
        return new PlainInputs(pixels == input ? [] : [mlContext.Transforms.CopyColumns(input, pixels).Fit(data)], isOpen ? Front(model, scales: false) : null);
    }

    private string FrontInput => $"{step.Port.Name}_plain";

    private PlainInputs FromPictures(MLContext mlContext, IDataView data, string column, ImageDataViewType picture, OnnxModel model)
    {
        bool isOfSize = picture.Width == step.Width && picture.Height == step.Height;
        bool isKept = ImageGeometry.Of(Settings, step.Width, step.Height, step.Width, step.Height) == new ImageGeometry(step.Width, step.Height, 0, 0);
        if (!isOfSize || !isKept || Settings.Channels == ChannelOrder.Grey)
            throw Throw.PlainPictureColumn(column, picture, step.Width, step.Height, isKept, Settings.Channels);
        ImagePixelExtractingEstimator extract = mlContext.Transforms.ExtractPixels(
            FrontInput, column, ImagePixelExtractingEstimator.ColorBits.Rgb,
            Settings.Channels == ChannelOrder.Bgr ? ImagePixelExtractingEstimator.ColorsOrder.ABGR : ImagePixelExtractingEstimator.ColorsOrder.ARGB,
            interleavePixelColors: Settings.Layout == TensorLayout.Nhwc);
        return new PlainInputs([extract.Fit(data)], Front(model, scales: true));
    }

    /// <summary>Pixels of 0 to 255 → (pixel · rescale − mean) / std, or as they are; in either case with the picture's size stated.</summary>
    private OnnxModel Front(OnnxModel model, bool scales)
    {
        var graph = new OpsetGraph("pixels", (int)model.Opset);
        bool isLast = Settings.Layout == TensorLayout.Nhwc;
        OnnxDimension batch = step.Port.Dimensions[0];
        OnnxDimension[] axes = [batch, .. step.Shape(1).Skip(1).Select(size => (OnnxDimension)size)];
        OnnxElementType type = scales ? OnnxElementType.Float : step.Port.ElementType;
        string value = graph.Builder.Input(FrontInput, type, axes);
        if (scales)
        {
            value = graph.Node("Mul", [value, graph.Constant([(float)Settings.Rescale], 1)]);
            value = graph.Node("Sub", [value, PerChannel(graph, Settings.Mean, isLast)]);
            value = graph.Node("Div", [value, PerChannel(graph, Settings.Std, isLast)]);
            value = graph.Cast(value, step.Port.ElementType);
        }
        graph.NamedNode(step.Port.Name, "Identity", [value]);
        graph.Builder.Output(step.Port.Name, step.Port.ElementType, axes);
        return graph.Builder.Build();
    }

    private static string PerChannel(OpsetGraph graph, ChannelValues values, bool isLast)
    {
        float[] numbers = [.. values.Select(v => (float)v)];
        return isLast ? graph.Constant(numbers, numbers.Length) : graph.Constant(numbers, numbers.Length, 1, 1);
    }
}
