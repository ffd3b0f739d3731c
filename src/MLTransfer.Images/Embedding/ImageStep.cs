using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLTransfer.Backbones;
using MLTransfer.Embedding;
using MLTransfer.Export;
using MLTransfer.Media;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Images;

/// <summary>What EmbedImage has decided: which input takes the pictures, and their size. Immutable.</summary>
internal sealed class ImageStep : MediaStep
{
    public const string Name = "EmbedImage";

    public ImageStep(EmbeddingPlan plan, ImageEmbeddingOptions options)
        : base(plan, options)
    {
        Options = options;
        Backbone backbone = plan.Backbone;
        if (backbone.Card.Modality != BackboneModality.Image || backbone.Card.Image is not ImagePreprocessing settings)
            throw MLTransfer.Internal.Throw.WrongModality(Name, BackboneModality.Image, backbone.Name, backbone.Card.Modality);
        OnnxValue[] inputs = [.. backbone.Ports.Inputs.Values];
        if (inputs.Length != 1 || inputs[0].Dimensions.Length != 4 || !inputs[0].ElementType.IsReal())
            throw Throw.ImageInputs(backbone.Name, inputs.Select(CardInference.Describe));
        Port = inputs[0];
        bool isLast = settings.Layout == TensorLayout.Nhwc;
        long? channels = Port.Dimensions[isLast ? 3 : 1].Value;
        if (channels is not null && channels != settings.ChannelCount)
            throw Throw.ImageChannels(backbone.Name, CardInference.Describe(Port), settings.Channels, settings.Layout);
        Height = Side(backbone.Name, "Height", Port.Dimensions[isLast ? 1 : 2].Value, settings.Height);
        Width = Side(backbone.Name, "Width", Port.Dimensions[isLast ? 2 : 3].Value, settings.Width);
        Preprocessor = new ImagePreprocessor(settings, Width, Height, options.DecodeMode, options.MaximumPixels, options.Augmentation);
    }

    public ImageEmbeddingOptions Options { get; }

    public OnnxValue Port { get; }

    public int Width { get; }

    public int Height { get; }

    public ImagePreprocessor Preprocessor { get; }

    /// <summary>Numbers of one picture.</summary>
    public int Size => Width * Height * Settings.ChannelCount;

    public override string Preprocessing =>
        $"{Name}|{JsonSerializer.Serialize(Settings)}|{Width}|{Height}|{Options.DecodeMode}|{JsonSerializer.Serialize(Options.Augmentation)}";

    private ImagePreprocessing Settings => Plan.Backbone.Card.Image!;

    public override BackboneEncoder CreateEncoder(SessionHolder session) => new ImageEncoder(this, session);

    public override OnnxEmbedding ToOnnx() => base.ToOnnx() with { PlainInputs = new ImagePlainInputs(this) };

    public override MediaSource CreateSource(DataViewRow row, DataViewSchema.Column column) => new PictureSource(row.GetGetter<MLImage>(column), Options);

    /// <summary>The shape of a run.</summary>
    public long[] Shape(int rows) => Settings.Layout == TensorLayout.Nhwc ? [rows, Height, Width, Settings.ChannelCount] : [rows, Settings.ChannelCount, Height, Width];

    protected override string Expected(string column) => "paths of pictures (String), their bytes (Vector<Byte>) or MLImage";

    protected override string Remedy(string column) => "Choose the column of pictures with ImageEmbeddingOptions.InputColumnName.";

    protected override bool Fits(string column, DataViewType itemType, SchemaShape.Column.VectorKind kind) => base.Fits(column, itemType, kind)
        || (kind == SchemaShape.Column.VectorKind.Scalar && itemType is ImageDataViewType);

    private static int Side(string backbone, string member, long? graph, int? stated) => (graph, stated) switch
    {
        (long size, null) when size <= int.MaxValue => (int)size,
        (long size, int told) when size == told => told,
        (null, int told) => told,
        (null, null) => throw Throw.ImageSizeOpen(backbone, member),
        _ => throw Throw.ImageSizeDiffers(backbone, member, graph!.Value, stated),
    };
}
