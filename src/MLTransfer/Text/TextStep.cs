using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Backbones;
using MLTransfer.Embedding;
using MLTransfer.Export;
using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Text;

/// <summary>What EmbedText has decided: the column, the prefix, the length. Immutable.</summary>
internal sealed class TextStep : EmbeddingStep
{
    public const string Name = "EmbedText";

    public TextStep(EmbeddingPlan plan, TextEmbeddingOptions options)
        : base(plan)
    {
        Backbone backbone = plan.Backbone;
        if (backbone.Card.Modality != BackboneModality.Text)
            throw Throw.WrongModality(Name, BackboneModality.Text, backbone.Name, backbone.Card.Modality);
        InputColumnName = options.InputColumnName;
        InputColumns = [options.InputColumnName];
        Prefix = DecidePrefix(backbone, options);
        FixedLength = FixedTokens(backbone);
        if (options.MaximumLength > FixedLength)
            throw Throw.MaximumLengthTooLarge(options.MaximumLength.Value, backbone.Name, FixedLength.Value);
        MaximumLength = Math.Min(options.MaximumLength ?? backbone.Card.MaximumLength!.Value, FixedLength ?? int.MaxValue);
        if (MaximumLength > backbone.Ports.PositionLimit)
            throw Throw.MaximumLengthBeyondPositions(MaximumLength, backbone.Name, backbone.Ports.PositionLimit.Value);
        int special = backbone.Tokenizer!.SpecialTokenCount;
        if (MaximumLength <= special)
            throw Throw.MaximumLengthWithoutText(MaximumLength, backbone.Name, special);
    }

    public string InputColumnName { get; }

    public string Prefix { get; }

    public int MaximumLength { get; }

    /// <summary>Tokens that every run is padded to because the graph fixes its sequence axis; null where it is open.</summary>
    public int? FixedLength { get; }

    public override IReadOnlyList<string> InputColumns { get; }

    /// <summary>Everything between the row's text and the graph's inputs, for the key of cached features.</summary>
    public string Preprocessing => $"{Name}|{Plan.Backbone.Tokenizer!.Fingerprint}|{MaximumLength}|{Prefix.Length}|{Prefix}";

    public override BackboneEncoder CreateEncoder(SessionHolder session) => new TextEncoder(this, session);

    public override OnnxEmbedding ToOnnx() => base.ToOnnx() with { MaximumLength = MaximumLength, Prefix = Prefix };

    protected override string Expected(string column) => "a text (String)";

    protected override string Remedy(string column) => "Choose the text column with TextEmbeddingOptions.InputColumnName, or convert it to text.";

    protected override bool Fits(string column, DataViewType itemType, SchemaShape.Column.VectorKind kind) =>
        kind == SchemaShape.Column.VectorKind.Scalar && itemType is TextDataViewType;

    private static string DecidePrefix(Backbone backbone, TextEmbeddingOptions options)
    {
        if (options.Role == TextRole.None)
            return options.Prefix ?? "";
        if (options.Prefix is not null)
            throw Throw.PrefixTwice();
        string? stated = options.Role == TextRole.Query ? backbone.Card.QueryPrefix : backbone.Card.PassagePrefix;
        return stated ?? throw Throw.PrefixMissing(options.Role, backbone.Name);
    }

    private static int? FixedTokens(Backbone backbone)
    {
        long? size = null;
        foreach (OnnxValue input in backbone.Ports.Inputs.Values)
        {
            if (input.Dimensions.Length != 2 || input.ElementType is not (OnnxElementType.Int64 or OnnxElementType.Int32))
                throw Throw.TextInputShape(backbone.Origin, CardInference.Describe(input));
            size ??= input.Dimensions[1].Value;
        }
        return (int?)size;
    }
}
