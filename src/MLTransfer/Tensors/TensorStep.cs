using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Backbones;
using MLTransfer.Embedding;
using MLTransfer.Export;
using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Tensors;

/// <summary>What EmbedTensor has decided: which column feeds which input, and its shape. Immutable.</summary>
internal sealed class TensorStep : EmbeddingStep
{
    public const string Name = "EmbedTensor";

    public TensorStep(EmbeddingPlan plan, TensorEmbeddingOptions options)
        : base(plan)
    {
        Backbone backbone = plan.Backbone;
        if (backbone.Card.Modality != BackboneModality.Tensor)
            throw Throw.WrongModality(Name, BackboneModality.Tensor, backbone.Name, backbone.Card.Modality);
        OnnxValue[] inputs = [.. backbone.Ports.Inputs.Values];
        string[] described = [.. inputs.Select(CardInference.Describe)];
        foreach (string named in options.InputColumns.Keys)
        {
            if (!inputs.Any(i => i.Name == named))
                throw Throw.NoSuchTensor(backbone.Name, named, described);
        }
        if (inputs.Length > 1 && inputs.Any(i => !options.InputColumns.ContainsKey(i.Name)))
            throw Throw.TensorInputs(backbone.Name, inputs.Length, described);
        Inputs = [.. inputs.Select(i => TensorInputPlan.Of(backbone.Name, i, options.InputColumns.GetValueOrDefault(i.Name, i.Name)))];
        if (Inputs.Where(i => i.IsVariable).Select(i => i.OpenSymbol).Distinct().Count() > 1)
            throw Throw.TensorInputUnsupported(backbone.Name, string.Join(" and ", described), "their open axes bear different names, so rows would have several lengths");
        InputColumns = [.. Inputs.Select(i => i.Column).Distinct()];
    }

    public ImmutableArray<TensorInputPlan> Inputs { get; }

    public override IReadOnlyList<string> InputColumns { get; }

    public override BackboneEncoder CreateEncoder(SessionHolder session) => new TensorEncoder(this, session);

    public override OnnxEmbedding ToOnnx() => base.ToOnnx() with { PlainInputs = new TensorPlainInputs(this) };

    protected override string Expected(string column)
    {
        TensorInputPlan input = Inputs.First(i => i.Column == column);
        return input.IsVariable ? $"a vector of {input.ItemType} (a multiple of {input.FixedSize} numbers)" : $"a vector of {input.FixedSize} {input.ItemType}";
    }

    protected override string Remedy(string column) =>
        $"Convert it, or choose another column for input '{Inputs.First(i => i.Column == column).Port.Name}' with TensorEmbeddingOptions.InputColumns.";

    // A lone number serves as a vector of one; a column of variable size is checked row by row.
    protected override bool Fits(string column, DataViewType itemType, SchemaShape.Column.VectorKind kind) =>
        Inputs.Where(i => i.Column == column).All(i => itemType.Equals(i.ItemType) && (kind != SchemaShape.Column.VectorKind.Scalar || i.FixedSize == 1));

    protected override void CheckSize(string column, DataViewType type)
    {
        if (type is not VectorDataViewType { IsKnownSize: true } vector)
            return;
        foreach (TensorInputPlan input in Inputs.Where(i => i.Column == column))
        {
            bool fits = input.IsVariable ? vector.Size % input.FixedSize == 0 : vector.Size == input.FixedSize;
            if (!fits)
                throw Throw.VectorSize(column, Plan.Backbone.Name, input.Port.Name, input.FixedSize, $"{vector.Size}");
        }
    }
}
